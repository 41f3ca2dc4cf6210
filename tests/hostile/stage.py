"""Grade an attack in a course with things worth stealing, and report what it has changed."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment, Criterion
from autograder.assignment.rubric import load
from autograder.authoring.attacks.targets import Targets
from autograder.authoring.attacks.trial import active_content
from autograder.authoring.solved import main_filled
from autograder.grading.grade import grade
from autograder.reports.report import write_report
from autograder.results import files as results_files
from autograder.results.model import Result
from autograder.runners.forbidden_paths import forbidden_paths
from autograder.sandbox import Budgets, Sandbox
from tests import processes
from tests.hostile.attack import GOT_OUT, Attack

REPO = Path(__file__).resolve().parents[2]
# Three checks, worth 4 points, that a correct answer passes in milliseconds.
CHECKS = ("shape_matches_mu", "varies_between_calls", "gradient_of_logvar_is_half_z_minus_mu")

# What the attacked checks are worth here, each in a criterion of its own, so that the points of an
# attack show which of them it passed.
POINTS = {
    "shape_matches_mu": 0.5,
    "varies_between_calls": 1.0,
    "gradient_of_logvar_is_half_z_minus_mu": 2.5,
    "returns_three_scalars": 1.0,
    "kl_of_known_posteriors": 3.0,
    "kl_matches_torch_distributions": 4.5,
    "encode_gives_mu_and_logvar": 1.5,
    "has_both_kinds_of_convolution": 2.5,
    "samples_differ": 1.0,
    "learns_to_reconstruct": 3.0,
    "gives_steps_images": 1.5,
    "ends_are_the_two_means": 2.0,
    "eval_mode_is_used": 1.5,
    "decodes_the_straight_line": 4.0,
    "inputs_are_unchanged": 0.5,
}

# The budgets of attacks, shortened so that a test has time for a hundred hangs. Honest submissions
# have the default budgets: they must not fail because the machine is loaded.
BUDGETS = Budgets(
    call_seconds=0.8,
    after_hang_seconds=0.4,
    cell_seconds=1.0,
    load_seconds=4.0,
    submission_seconds=20.0,
)
# Other tests may create these in the working folder at the same time.
CACHES = {".hypothesis", ".pytest_cache", "__pycache__"}
# What an attack's result may take beyond its deadlines: seconds, and honest submissions. An idle
# machine needs none of it. The attack that keeps the grader busiest takes as long as 25 honest
# submissions, so a machine that slows down both fails nothing.
GRACE, GRACE_HONEST = 2.0, 25
MEMORY = 1 << 30  # bytes by which one attack may enlarge the grader: four frames of maximum size


@dataclass
class Stage:
    """A confined sandbox, files that hold a secret, a listener, and an honest submission.

    Attributes:
        assignment: The course's assignment.
        sandbox: The sandbox that grades the attacks.
        targets: What attacks are aimed at: files that hold a secret, listeners, another process.
        zygote_pids: The sandbox's own processes, which run between submissions too.
        honest: The honest submission's result, by the attacked question and its checks.
    """

    assignment: Assignment
    sandbox: Sandbox
    targets: Targets
    zygote_pids: set[int]
    honest: dict[tuple[str, ...], dict[str, object]] = field(default_factory=dict)

    def notebook(self, attack: Attack) -> bytes:
        """Return the solved notebook with the attack as one of its answers."""
        code = self.targets.fill(attack.code).replace("{repo}", str(REPO))
        return main_filled(self.assignment, bank_answers(self.assignment) | {attack.question: code})

    @property
    def source(self) -> bytes:
        """The notebook with stubs."""
        return self.assignment.source_notebook.read_bytes()

    def attacked_part(self, attack: Attack) -> Assignment:
        """Return the assignment with only the attacked question and a few of its checks."""
        (question,) = (q for q in self.assignment.questions if q.id == attack.question)
        names = attack.checks or CHECKS
        criteria = tuple(Criterion(name, name, POINTS[name], (name,)) for name in names)
        asked = replace(question, criteria=criteria, consequences=(), mends=())
        return replace(self.assignment, questions=(asked,))

    def honest_result(self, assignment: Assignment) -> dict[str, object]:
        """Return the honest submission's result without anything that may differ between runs."""
        notebook = main_filled(self.assignment, bank_answers(self.assignment))
        return timeless(grade(notebook, "honest", assignment, self.sandbox))


_answers: dict[str, str] = {}


def bank_answers(assignment: Assignment) -> dict[str, str]:
    """Return the reference answers; they are read once."""
    if not _answers:
        _answers.update(load_bank(assignment).answers())
    return dict(_answers)


def timeless(result: Result) -> dict[str, object]:
    """Return a result as data without its times and without the digest of the checks.

    A developer may edit the checks during the run.
    """
    tree = results_files.without_seconds(result.to_dict())
    tree.pop("checks_sha256")
    return tree


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Create the course in a folder and start the sandbox."""
    assignment = load(REPO / "rubric.toml")
    with (
        pytest.MonkeyPatch.context() as patch,
        Targets(folder, forbidden_paths(assignment)) as targets,
    ):
        patch.setenv("CANARY", targets.secret)
        with Sandbox(path=[assignment.source], preload=assignment.preload) as sandbox:
            yield Stage(assignment, sandbox, targets, processes.below(sandbox.process_id))


@dataclass(frozen=True)
class Outcome:
    """The outcome of an attack.

    Attributes:
        seconds: The time until its result.
        breaches: Descriptions of everything that was not contained.
        result: Its result.
    """

    seconds: float
    breaches: tuple[str, ...]
    result: Result


def attempt(stage: Stage, attack: Attack) -> Outcome:
    """Grade an attack and check everything that it must not have touched."""
    attacked = stage.attacked_part(attack)
    key = (attack.question, *attack.checks)
    if key not in stage.honest:
        stage.honest[key] = stage.honest_result(attacked)
    before = _protected_state(stage)
    notebook = stage.notebook(attack)
    _reset_peak_memory()
    memory, hurried = _memory("VmRSS"), replace(attacked, budgets=BUDGETS)
    start = time.monotonic()
    result = grade(notebook, "mallory", hurried, stage.sandbox)
    seconds = time.monotonic() - start
    peak, after, start = _memory("VmHWM"), _protected_state(stage), time.monotonic()
    honest = stage.honest_result(attacked)
    late = deadline(attack) + GRACE_HONEST * (time.monotonic() - start)
    breaches = [
        *_breaches_in_result(stage, attack, attacked, result),
        *(f"{name} has changed" for name, was in before.items() if after.get(name) != was),
    ]
    if seconds > late:
        breaches.append(f"its result took {seconds:.1f} s")
    if peak - memory > MEMORY:
        breaches.append("the grader's memory has grown too much")
    if not processes.end_of(processes.below(stage.sandbox.process_id) - stage.zygote_pids):
        breaches.append("a process is still running")
    if left := _left_in(stage):
        breaches.append(f"files are left in the sandbox: {left[:3]}")
    breaches += stage.targets.changes()
    if honest != stage.honest[key]:
        breaches.append("the honest submission's result has changed")
    return Outcome(seconds, tuple(breaches), result)


def _breaches_in_result(
    stage: Stage, attack: Attack, attacked: Assignment, result: Result
) -> Iterator[str]:
    text = result.to_json()
    if GOT_OUT in text or stage.targets.secret in text:
        yield f"its result contains what it found: {result.questions[0].checks[0].message}"
    if result.status != "graded":
        yield f"status {result.status}: {result.message}"
    earns = attacked.max_score if attack.earns is None else attack.earns
    if (result.score or 0.0) > earns:
        passed = [c.id for c in result.questions[0].checks if c.outcome == "passed"]
        yield f"it earned {result.score:g} points with {passed}, not {earns:g}"
    if "\x1b" in text or "\x9b" in text:
        yield "its result contains terminal escapes"
    pages = stage.targets.canary.parent / "pages"
    page = write_report([result], pages).read_text(encoding="utf-8")
    page += "".join(p.read_text(encoding="utf-8") for p in pages.rglob("*.html"))
    if active := active_content(page):
        yield f"its page would run {active[0]}"


def deadline(attack: Attack) -> float:
    """Return the seconds within which an attack must have a result.

    It may use up the budget for loading, one call that hangs, and one shorter call for each further
    check.
    """
    checks = len(attack.checks or CHECKS)
    hangs = BUDGETS.load_seconds + BUDGETS.call_seconds
    hangs += BUDGETS.after_hang_seconds * (checks - 1)
    if "learns_to_reconstruct" in attack.checks:
        # Its model is trained for as long as an honest one.
        hangs += BUDGETS.submission_seconds
    return hangs + GRACE


def _protected_state(stage: Stage) -> dict[str, object]:
    """Return the state of everything that an attack must not change."""
    state: dict[str, object] = {}
    for root in (stage.targets.canary, stage.assignment.source, REPO / "solutions"):
        for path in root.rglob("*"):
            if path.name == "__pycache__" or path.parent.name == "__pycache__":
                continue
            status = path.lstat()
            state[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns)
        state[str(root)] = sorted(path.name for path in root.iterdir())
    names = {path.name for path in Path().iterdir()} - CACHES
    return state | {"the working folder": sorted(names)}


def _left_in(stage: Stage) -> list[str]:
    """Return the files that are left in the sandbox's folder after all workers have ended."""
    if "bubblewrap" not in stage.sandbox.confinement or os.geteuid() != 0:
        return []  # without bubblewrap workers cannot write; only root may read the folder
    folder = processes.folder_of(max(stage.zygote_pids), "/tmp")
    end = time.monotonic() + 5  # removing 100,000 files takes seconds
    while True:
        # Workers' folders have numbers. The zygote's have names and are older than any submission.
        left = [path.name for path in folder.iterdir() if path.name.partition("~")[0].isdigit()]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def _reset_peak_memory() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory(name: str) -> int:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(re.search(rf"{name}:\s+(\d+)", text)[1])
