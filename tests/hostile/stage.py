"""Where attacks are graded: a course with things worth stealing, and what to look at afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.assignment.answer_bank import assemble, bank
from autograder.assignment.model import Assignment, load
from autograder.grading.grade import grade
from autograder.reports.report import write_report
from autograder.results import model
from autograder.results.model import Result
from autograder.sandbox import Budgets, Sandbox
from tests import processes
from tests.hostile.attack import GOT_OUT, Attack
from tests.hostile.pages import live

SECRET = "canary-3f9a7c"
REPO = Path(__file__).resolve().parents[2]
# Three checks that a right answer passes in milliseconds, for a rubric of 4 points.
CHECKS = ("shape_matches_mu", "varies_between_calls", "gradient_of_logvar_is_half_z_minus_mu")

# The room's patience with attacks, cut so that a hundred hangs fit into a test. Honest submissions
# have all of it: they must not fail because the machine is loaded.
PATIENCE = Budgets(
    call_seconds=0.8,
    after_hang_seconds=0.4,
    cell_seconds=1.0,
    load_seconds=4.0,
    submission_seconds=20.0,
)
# What other tests may make in the working folder meanwhile.
CACHES = {".hypothesis", ".pytest_cache", "__pycache__"}
GRACE = 2.0  # seconds beyond its deadlines in which every submission must have its verdict
MEMORY = 1 << 30  # bytes that grading one attack may add to the grader: four of the largest frames


@dataclass
class Stage:
    """A confined room, canaries, a listener, and an honest submission as witness."""

    assignment: Assignment
    sandbox: Sandbox
    canary: Path
    listener: socket.socket
    keepers: set[int]
    honest: dict[tuple[str, ...], dict[str, object]] = field(default_factory=dict)

    def notebook(self, attack: Attack) -> bytes:
        """Return the solved notebook with the attack in its place."""
        code = attack.code(
            canary=self.canary,
            home=Path.home(),
            repo=REPO,
            port=self.listener.getsockname()[1],
        )
        return assemble(self.source, bank_answers(self.assignment) | {attack.question: code})

    @property
    def source(self) -> bytes:
        """The notebook with the stubs."""
        return self.assignment.source_notebook.read_bytes()

    def small(self, attack: Attack) -> Assignment:
        """Return the assignment with the attacked question alone, and a few of its checks."""
        (question,) = (q for q in self.assignment.questions if q.id == attack.question)
        names = attack.checks or CHECKS
        points = {name: question.points[name] for name in names}
        return replace(self.assignment, questions=(replace(question, points=points),))

    def witness(self, assignment: Assignment) -> dict[str, object]:
        """Return the result of the honest submission, without what may differ between runs."""
        notebook = assemble(self.source, bank_answers(self.assignment))
        return timeless(grade(notebook, "witness", assignment, self.sandbox))


_answers: dict[str, str] = {}


def bank_answers(assignment: Assignment) -> dict[str, str]:
    """Return the reference answers, read once."""
    if not _answers:
        _answers.update(bank(assignment).answers())
    return dict(_answers)


def timeless(result: Result) -> dict[str, object]:
    """Return a result as plain data without its times, and what a developer's editor may change."""
    tree = model.timeless(result.to_dict())
    tree.pop("checks_sha256")
    return tree


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Set everything up, and take it down."""
    canary = folder / "course"
    for name in ("gradebook.db", "submitted/ada/vae/vae.ipynb", "results/ada.json"):
        path = canary / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET, encoding="utf-8")
        path.chmod(0o666)  # nothing but the walls may keep an attack from it
    for path in (folder, canary, canary / "submitted", canary / "results"):
        path.chmod(0o777)
    assignment = load(REPO / "rubric.toml")
    os.environ["CANARY"] = SECRET
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Sandbox(path=[assignment.source], preload=assignment.preload) as sandbox,
    ):
        try:
            yield Stage(assignment, sandbox, canary, listener, processes.below(sandbox.process_id))
        finally:
            del os.environ["CANARY"]


@dataclass(frozen=True)
class Outcome:
    """What came of an attack: what got out, in words, and the seconds to the verdict."""

    seconds: float
    breaches: tuple[str, ...]
    result: Result


def attempt(stage: Stage, attack: Attack) -> Outcome:
    """Grade an attack and look at everything that it must not have touched."""
    small = stage.small(attack)
    key = (attack.question, *attack.checks)
    if key not in stage.honest:
        stage.honest[key] = stage.witness(small)
    before = _seen(stage)
    notebook = stage.notebook(attack)
    _forget_peak()
    memory, start = _memory("VmRSS"), time.monotonic()
    result = grade(notebook, "mallory", replace(small, budgets=PATIENCE), stage.sandbox)
    seconds, after = time.monotonic() - start, _seen(stage)
    breaches = [
        *_words(stage, attack, small, result, seconds),
        *(f"{name} has changed" for name, was in before.items() if after.get(name) != was),
    ]
    if _memory("VmHWM") - memory > MEMORY:
        breaches.append("the grader's memory has grown")
    if not processes.end_of(processes.below(stage.sandbox.process_id) - stage.keepers):
        breaches.append("a process is left")
    if left := _left_in(stage):
        breaches.append(f"files are left in the room: {left[:3]}")
    if _connected(stage.listener):
        breaches.append("a connection was made")
    if stage.witness(small) != stage.honest[key]:
        breaches.append("another submission's result is not what it was")
    return Outcome(seconds, tuple(breaches), result)


def _words(
    stage: Stage, attack: Attack, small: Assignment, result: Result, seconds: float
) -> Iterator[str]:
    text = result.to_json()
    if GOT_OUT in text or SECRET in text:
        yield f"it says what it found: {result.questions[0].checks[0].message}"
    if result.status != "graded":
        yield f"status {result.status}: {result.message}"
    earns = small.max_score if attack.earns is None else attack.earns
    if result.score > earns:
        passed = [c.id for c in result.questions[0].checks if c.outcome == "passed"]
        yield f"it earned {result.score:g} points with {passed}, not {earns:g}"
    if seconds > deadline(attack):
        yield f"its verdict took {seconds:.1f} s"
    if "\x1b" in text or "\x9b" in text:
        yield "a terminal would obey its result"
    pages = stage.canary.parent / "pages"
    page = write_report([result], pages).read_text(encoding="utf-8")
    page += "".join(p.read_text(encoding="utf-8") for p in pages.rglob("*.html"))
    if acts := live(page):
        yield f"its page is live: {acts[0]}"


def deadline(attack: Attack) -> float:
    """Return the seconds in which an attack must have its verdict: all that it can use up.

    Loading, one call that does not come back, then one impatient call for each further check.
    """
    checks = len(attack.checks or CHECKS)
    hangs = PATIENCE.load_seconds + PATIENCE.call_seconds
    hangs += PATIENCE.after_hang_seconds * (checks - 1)
    if "learns_to_reconstruct" in attack.checks:
        hangs += (
            PATIENCE.submission_seconds
        )  # it is trained for as long as an honest answer would be
    return hangs + GRACE


def _seen(stage: Stage) -> dict[str, object]:
    """Return the state of whatever an attack must leave alone."""
    seen: dict[str, object] = {}
    for root in (stage.canary, stage.assignment.source, REPO / "solutions"):
        for path in root.rglob("*"):
            if path.name == "__pycache__" or path.parent.name == "__pycache__":
                continue
            status = path.lstat()
            seen[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns)
        seen[str(root)] = sorted(path.name for path in root.iterdir())
    names = {path.name for path in Path().iterdir()} - CACHES
    return seen | {"the working folder": sorted(names)}


def _left_in(stage: Stage) -> list[str]:
    """Return what lies in the room's folder when all workers are gone."""
    if "bubblewrap" not in stage.sandbox.confinement or os.geteuid() != 0:
        return []  # without it nothing can be written; and only root may look into it
    folder = processes.folder_of(max(stage.keepers), "/tmp")
    end = time.monotonic() + 5  # a hundred thousand files take seconds to remove
    while True:
        # Workers' folders have numbers; what has names is the zygote's, from before any submission.
        left = [path.name for path in folder.iterdir() if path.name.partition("~")[0].isdigit()]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def _connected(listener: socket.socket) -> bool:
    listener.settimeout(0)
    try:
        listener.accept()
    except BlockingIOError:
        return False
    return True


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory(name: str) -> int:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(re.search(rf"{name}:\s+(\d+)", text)[1])
