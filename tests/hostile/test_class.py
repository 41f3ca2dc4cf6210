"""Honest students graded at the same time as the worst attacks get the same results as without."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.assignment.rubric import load
from autograder.authoring.solved import main_filled
from tests import processes
from tests.courses import tiny
from tests.fuzz import kills
from tests.hostile import ATTACKS, worst
from tests.hostile.attack import GOT_OUT
from tests.hostile.stage import REPO, bank_answers

HONEST = 4


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = tiny.write_course(tmp_path_factory.mktemp("beside"))
    worst.hand_in(made)
    # These names sort between those of the attacks, so the submissions are graded among them.
    for number in range(HONEST):
        shutil.copytree(made / "submitted/honest", made / f"submitted/{'cfkp'[number]}-honest")
    made.chmod(0o777)
    return made


def grade(course, results, *paths):
    """Grade and return the results; assert that all processes of the run have ended."""
    run, seen = kills.start(course, results, paths), set()
    while run.poll() is None:
        seen |= processes.below(run.pid)
        time.sleep(0.05)
    assert run.returncode == 0, run.stderr.read()
    assert processes.end_of(seen)
    run.communicate()
    return kills.timeless(results)


@pytest.mark.exhaustive
def test_attacks_in_a_parallel_job_change_no_honest_result(course, tmp_path):
    honest = [path for path in (course / "submitted").iterdir() if path.name.endswith("honest")]
    alone = grade(course, tmp_path / "alone", *honest)
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    together = grade(course, tmp_path / "together", "submitted")
    assert len(alone) == HONEST + 1
    assert {name: together[name] for name in alone} == alone
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before
    assert together.keys() - alone.keys() == {f"{name}.json" for name in worst.WORST}
    for name in worst.WORST:
        result = together[f"{name}.json"]
        assert result["status"] == "graded", result
        assert result["score"] in {0, 4}  # 4: for the question without the attack
        assert GOT_OUT not in str(result)


HOSTILE = (
    "hangs: a loop",
    "hangs: every signal ignored",
    "memory: endless tensors",
    "memory: a shared mapping",
    "disk: endless files",
    "output: endless stderr",
    "processes and threads: a fork bomb",
    "processes and threads: a thousand busy threads",
    "signals and /proc: kill all processes",
    "forged frames: endless requests",
    "the grader's memory: a million samples",
    "the grader's memory: graphs that are never dropped",
)
CLASS = 30


@pytest.fixture(scope="module")
def class_of_30(tmp_path_factory):
    """Twelve hostile submissions to the real course, and eighteen right ones among them."""
    folder = tmp_path_factory.mktemp("class") / "submitted"
    assignment = load(REPO / "rubric.toml")
    attacks = {attack.title: attack for attack in ATTACKS}
    answers = bank_answers(assignment)
    for number in range(CLASS):
        name, changed = f"{number:02}-honest", {}
        if number % 5 in {1, 3}:
            attack = attacks[HOSTILE[number // 5 * 2 + (number % 5 == 3)]]
            name, changed = f"{number:02}-hostile", {attack.question: attack.code}
        path = folder / name / assignment.name / assignment.notebook
        path.parent.mkdir(parents=True)
        path.write_bytes(main_filled(assignment, answers | changed))
    return folder


def measured(results, *paths, jobs=2) -> tuple[dict[str, object], float, float]:
    """Grade; return the results, the seconds, and the most memory in GiB.

    The memory is that of all processes together; what several share is counted once.
    """
    command = [sys.executable, "-m", "autograder", "grade", *map(str, paths), "--jobs", str(jobs)]
    rubric = str(REPO / "rubric.toml")
    start, most = time.monotonic(), 0
    run = subprocess.Popen([*command, "--results", str(results), "--rubric", rubric], cwd=REPO)
    while run.poll() is None:
        each = (memory_of(pid) for pid in (run.pid, *processes.below(run.pid)))
        most = max(most, sum(each))
        time.sleep(0.2)
    assert run.returncode == 0
    return outcomes(results), time.monotonic() - start, most / 2**30


def outcomes(results) -> dict[str, object]:
    """Return all results without times, and without digests: a developer may edit the checks."""
    found = kills.timeless(results)
    for result in found.values():
        for one in (result, *result["questions"]):
            one.pop("checks_sha256")
    return found


def memory_of(pid: int) -> int:
    """Return the memory of a process in bytes, with its share of what it shares; 0 if unknown."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:  # it has ended, or is another user's
        return 0
    return 1024 * int(text.partition("\nPss:")[2].split()[0])


@pytest.mark.exhaustive
def test_twelve_hostile_submissions_in_a_class_of_30_change_no_other_score(class_of_30, tmp_path):
    honest = sorted(class_of_30.glob("*-honest"))
    assert len(honest) == CLASS - len(HOSTILE)
    alone, seconds_alone, memory_alone = measured(tmp_path / "alone", *honest)
    together, seconds, memory = measured(tmp_path / "together", class_of_30)
    print(f"\n18 right ones: {seconds_alone:.0f} s, {memory_alone:.1f} GiB")
    print(f"all 30: {seconds:.0f} s, {memory:.1f} GiB")
    assert len(together) == CLASS
    assert {name: together[name] for name in alone} == alone
    assert {result["score"] for result in alone.values()} == {100}
    for name, result in together.items():
        print(name, result["status"], result["score"])
        assert result["status"] == "graded", result
        assert GOT_OUT not in str(result)
    # The promise is 150 s of one job, and 3 GiB, for each submission.
    assert seconds < seconds_alone + 150 * len(HOSTILE) / 2
    assert memory < memory_alone + 2 * 3


FULL = "held = torch.ones(450_000_000)\n"  # 1.8 GB of the 2 GiB that a worker may have


@pytest.mark.exhaustive
@pytest.mark.parametrize("question", ["reparameterize", "conv_vae"])
def test_a_submission_that_fills_each_of_its_workers_costs_the_memory_of_one(tmp_path, question):
    # A wrong `reparameterize` has sessions with mends and stand-ins; `conv_vae` has fresh copies.
    assignment = load(REPO / "rubric.toml")
    answers = bank_answers(assignment)
    right = answers[question].replace("torch.randn_like(std)", "0 * std")
    path = tmp_path / "submitted" / "full" / assignment.name / assignment.notebook
    path.parent.mkdir(parents=True)
    path.write_bytes(main_filled(assignment, answers | {question: FULL + right}))
    results, _, memory = measured(tmp_path / "results", tmp_path / "submitted", jobs=1)
    (result,) = results.values()
    assert result["status"] == "graded"
    assert result["score"] == (100 if question == "conv_vae" else 82)
    # 2 GiB, and what grading an empty submission takes: 1.3 GiB.
    assert memory < 4
