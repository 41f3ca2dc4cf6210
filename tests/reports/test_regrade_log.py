"""Regrading: what is graded again, what is reused, and which grades changed."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from autograder import __version__
from autograder.assignment.rubric import load
from autograder.cli.main import main
from autograder.reports.regrade_log import FILE
from autograder.results import files as results_files
from autograder.results.model import checks_in
from autograder.runners.process_pool import run
from autograder.support import versions
from tests.courses import tiny

HERE = Path(__file__).resolve().parents[2]
CHECKS = "staff/"
TWO = 'points = {}\nchecks = ["doubles_two"]'
SIGN = 'points = {}\nchecks = ["keeps_the_sign_of_what_it_gets"]'
MOVED = ((TWO.format(2), TWO.format(4)), (SIGN.format(4), SIGN.format(2)))
EXEMPT = ((TWO.format(2), TWO.format(6)), (SIGN.format(4), SIGN.format(0)))
LENIENT = ("if got != -7.0:", "if abs(got) != 7.0:")


class Class:
    """A class of two: ada is right, bob forgets the sign; graded once when it is made."""

    def __init__(self, root: Path) -> None:
        self.root = tiny.write_course(root)
        self.results = root / "results"
        for student, double in (("ada", tiny.DOUBLE), ("bob", tiny.FORGETS)):
            self.hand_in(student, tiny.answered(double=double))
        assert self.grade() == 0

    def hand_in(self, student: str, notebook: bytes) -> None:
        path = self.root / "submitted" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(notebook)

    def grade(self, *options: str) -> int:
        where = [
            "--results",
            str(self.results),
            "--rubric",
            str(self.root / "rubric.toml"),
        ]
        return main(["grade", str(self.root / "submitted"), *where, *options])

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        path = self.root / name
        for change in changes:
            text = path.read_text()
            assert change[0] in text
            path.write_text(text.replace(*change))

    def mark(self) -> None:
        """Set the time of every check to 777 s, so that a new grading can be told from this one."""
        for path in self.results.glob("*.json"):
            tree = json.loads(path.read_text())
            for check in checks_in(tree):
                check["seconds"] = 777.0
            path.write_text(json.dumps(tree))

    def again(self) -> dict[str, set[str]]:
        """Return the questions that were graded since `mark`."""
        return {
            one.student: {q.id for q in one.questions if all(c.seconds != 777.0 for c in q.checks)}
            for one in results_files.read_folder(self.results)
        }

    def scores(self) -> dict[str, float]:
        return {one.student: one.score for one in results_files.read_folder(self.results)}

    def rows(self) -> list[dict[str, str]]:
        with (self.results / FILE).open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def graded(tmp_path, sandbox, monkeypatch):
    """A graded class; all tests share one sandbox."""

    @contextlib.contextmanager
    def open_sandbox(_assignment: object, *, confine: bool = True, forbidden: object = ()):
        assert confine
        yield sandbox

    monkeypatch.setattr("autograder.runners.sandbox_startup.open_sandbox", open_sandbox)
    # Left by tests of another tiny course in the same process; workers would inherit it.
    monkeypatch.delitem(sys.modules, "check_fourfold", raising=False)
    found = Class(tmp_path)
    found.mark()
    return found


def both(*questions: str) -> dict[str, set[str]]:
    return {student: set(questions) for student in ("ada", "bob")}


def no_sandbox(*_: object, **__: object) -> None:
    raise AssertionError("opened a sandbox")


def test_changed_points_change_scores_without_running_anything(graded, monkeypatch, capsys):
    monkeypatch.setattr("autograder.runners.sandbox_startup.open_sandbox", no_sandbox)
    graded.edit("rubric.toml", *MOVED)
    assert graded.grade() == 0
    assert graded.scores() == {"ada": 10.0, "bob": 8.0}
    said = capsys.readouterr().out
    assert "Results changed for 1 students" in said
    assert "+2 double/two (points changed)" in said
    (row,) = graded.rows()
    columns = ("student", "before", "after", "change", "question", "criterion", "why")
    wanted = ["bob", "6", "8", "2", "double", "two", "points changed"]
    assert [row[name] for name in columns] == wanted


def test_a_changed_budget_regrades_everything_and_is_the_reason_given(graded, capsys):
    slow = "import time\ndef double(x):\n    time.sleep(1)\n    return 2 * x\n"
    graded.hand_in("ada", tiny.answered(double=slow))
    assert graded.grade() == 0
    graded.mark()
    with (graded.root / "rubric.toml").open("a") as file:
        file.write("\n[budgets]\ncall_seconds = 0.5\n")
    assert graded.grade() == 0
    assert graded.again() == both("double", "fourfold")
    assert graded.scores() == {"ada": 4.0, "bob": 6.0}
    said = capsys.readouterr().out
    assert "passed → timeout (checks or budgets changed)\n" in said  # a line for each check
    assert "�" not in said


def test_points_that_decide_whether_a_stand_in_is_used_regrade_the_question(graded):
    bob = results_files.read(graded.results / "bob.json")
    assert bob.question("fourfold").stand_ins == ("double",)
    graded.edit("rubric.toml", *EXEMPT)
    assert graded.grade() == 0
    assert graded.again() == {"ada": set(), "bob": {"fourfold"}}
    bob = results_files.read(graded.results / "bob.json")
    assert bob.question("fourfold").stand_ins == ()
    assert bob.question("fourfold").notes == ()
    assert bob.score == 10.0


def test_a_changed_check_regrades_its_question_only(graded, capsys):
    graded.edit(CHECKS + "check_fourfold.py", ("!= 10.0", "!= 11.0"))
    assert graded.grade() == 0
    assert graded.again() == {"ada": {"fourfold"}, "bob": {"fourfold"}}
    assert graded.scores() == {"ada": 6.0, "bob": 2.0}
    assert "passed → failed (checks or budgets changed)" in capsys.readouterr().out
    lost = {(row["student"], row["change"]) for row in graded.rows()}
    assert lost == {("ada", "-4"), ("bob", "-4")}


@pytest.mark.parametrize(("seconds", "stays"), [(0, False), (1, False), (60, True)])
def test_a_check_compiled_within_a_second_of_its_change_is_compiled_again(tmp_path, seconds, stays):
    root = tiny.write_course(tmp_path)
    source = root / CHECKS / "check_double.py"
    compiled = source.parent / "__pycache__" / "check_double.cpython-311-pytest-9.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"")
    when = source.stat().st_mtime + seconds
    os.utime(compiled, (when, when))
    list(run([], load(root / "rubric.toml"), None, 1))
    assert compiled.exists() is stays


def test_a_changed_helper_of_checks_regrades_every_question(graded):
    (graded.root / CHECKS / "helper.py").write_text("LIMIT = 3\n")
    assert graded.grade() == 0
    assert graded.again() == both("double", "fourfold")
    assert not (graded.results / FILE).exists()  # no score changed


def test_only_regrades_one_question_and_keeps_the_others_whatever_changed(graded):
    (graded.root / CHECKS / "helper.py").write_text("LIMIT = 3\n")
    assert graded.grade("--only", "fourfold") == 0
    assert graded.again() == both("fourfold")
    path = graded.results / "ada.json"
    assert results_files.read(path).checks_sha256 == ""
    graded.mark()
    assert graded.grade() == 0  # the kept question is known to be from older checks
    assert graded.again() == both("double")
    assert results_files.read(path).checks_sha256 == load(graded.root / "rubric.toml").digest


def test_only_also_regrades_a_question_whose_stand_in_is_no_longer_needed(graded):
    graded.edit(CHECKS + "check_double.py", LENIENT)
    assert graded.grade("--only", "double") == 0
    assert graded.again() == {"ada": {"double"}, "bob": {"double", "fourfold"}}
    bob = results_files.read(graded.results / "bob.json")
    assert (bob.score, bob.question("fourfold").stand_ins) == (10.0, ())


def test_only_with_an_unknown_question_is_wrong_usage(graded, capsys):
    assert graded.grade("--only", "threefold") == 2
    assert "no such question; there are double, fourfold" in capsys.readouterr().err


def test_a_changed_submission_is_graded_whole_even_with_only(graded):
    graded.hand_in("bob", tiny.answered())
    assert graded.grade("--only", "double") == 0
    assert graded.again() == {"ada": {"double"}, "bob": {"double", "fourfold"}}
    whys = {row["question"]: row["why"] for row in graded.rows()}
    assert whys == {"double": "submission changed"}


@pytest.mark.parametrize("package", ["torch", "hypothesis", "autograder"])
def test_changed_versions_regrade_everything(graded, monkeypatch, package):
    others = {**versions.versions(), package: "99.0.0"}
    for module in (
        "support.versions",
        "results.reuse",
        "results.scoring",
        "grading.grade",
        "reports.regrade_log",
    ):
        monkeypatch.setattr(f"autograder.{module}.versions", lambda: others)
    assert graded.grade() == 0
    assert graded.again() == both("double", "fourfold")


def test_results_record_the_version_of_the_project():
    assert versions.versions()["autograder"] == metadata.version("vae-autograder") == __version__


def test_a_patch_of_python_or_of_this_program_changes_no_grade():
    ours = {"python": "3.11.7", "torch": "2.4.1", "autograder": "0.1.0"}
    assert versions.same_grades(ours, {**ours, "python": "3.11.9", "autograder": "0.1.3"})
    assert not versions.same_grades(ours, {**ours, "python": "3.12.7"})
    assert not versions.same_grades(ours, {**ours, "autograder": "0.2.0"})
    assert not versions.same_grades(ours, {})


def test_results_from_unconfined_grading_are_not_reused_when_confined(graded):
    path = graded.results / "ada.json"
    path.write_text(replace(results_files.read(path), confinement=()).to_json())
    assert graded.grade() == 0
    assert graded.again() == {"ada": {"double", "fourfold"}, "bob": set()}


def test_a_question_with_a_grader_error_is_graded_again_and_no_other(graded):
    path = graded.results / "ada.json"
    ada = results_files.read(path)
    double, fourfold = ada.questions
    broken = fourfold.with_checks([replace(fourfold.checks[0], outcome="grader_error")])
    path.write_text(replace(ada, status="grader_error", questions=(double, broken)).to_json())
    assert graded.grade() == 1  # kept
    assert graded.again() == {"ada": set(), "bob": set()}
    assert graded.grade("--retry-errors") == 0
    assert graded.again() == {"ada": {"fourfold"}, "bob": set()}
    assert results_files.read(path).status == "graded"


def test_a_second_run_is_fast_imports_no_torch_and_writes_nothing(tmp_path):
    graded = Class(tmp_path)
    graded.hand_in("cut", tiny.answered()[:900])
    assert graded.grade() == 0
    before = {path: path.stat().st_mtime_ns for path in graded.results.iterdir()}
    program = (
        "import sys; from autograder.cli.main import main; code = main(sys.argv[1:]);"
        "sys.exit(code or 3 * ('torch' in sys.modules))"
    )
    command = [sys.executable, "-c", program, "grade", "submitted", "--results", "results",
               "--rubric", "rubric.toml"]  # fmt: skip
    path = os.environ | {"PYTHONPATH": f"{HERE}:{HERE / 'source/vae'}"}
    how = {"cwd": graded.root, "env": path, "capture_output": True, "text": True}
    start = time.monotonic()
    done = subprocess.run(command, **how, check=False)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - start < 5
    assert "3 of them kept" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in graded.results.iterdir()} == before
