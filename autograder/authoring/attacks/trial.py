"""Try the attacks in a sandbox, and see which of them succeed."""

from __future__ import annotations

import os
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.authoring.attacks import sources
from autograder.authoring.attacks.sources import GOT_OUT, PRELUDE
from autograder.authoring.attacks.suite import (
    ATTACKS,
    FORGING,
    REMEMBERING,
    SHOWING,
    STARTING,
    PortableAttack,
)
from autograder.authoring.attacks.targets import Targets
from autograder.runners.forbidden_paths import forbidden_paths
from autograder.runners.sandbox_startup import open_sandbox
from autograder.sandbox import Budgets, Cell, Sandbox, StudentError, StudentGone

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment

# An attack that succeeds takes milliseconds. Several hang on purpose.
_BUDGETS = Budgets(
    call_seconds=1.0, after_hang_seconds=0.5, cell_seconds=3.0, load_seconds=5.0,
    submission_seconds=10.0,
)  # fmt: skip
_SURVIVAL_SECONDS = 3.0  # on an idle machine, a surviving process is seen after 0.4
_INPUT = [float(number) for number in range(8)]
_HONEST = "def answer(mu):\n    return 2 * mu\n"
# After an attack of these groups, an honest answer is graded in the same sandbox.
_DISTURBING = {STARTING, REMEMBERING, FORGING}
_CONTROLS = "\x1b\x9b\x07\r\0\u202e\u2066"


@dataclass(frozen=True)
class Verdict:
    """The outcome of one attack.

    Attributes:
        attack: What was tried.
        evidence: How it was seen to succeed; empty if it did not.
    """

    attack: PortableAttack
    evidence: str

    @property
    def held(self) -> bool:
        """Whether the attack failed."""
        return not self.evidence


class Trial:
    """Tries attacks in a sandbox.

    Args:
        sandbox: The sandbox, as grading starts it.
        targets: What the attacks are aimed at.
        folder: A folder for pages.
    """

    def __init__(self, sandbox: Sandbox, targets: Targets, folder: Path) -> None:
        self._sandbox, self._targets, self._folder = sandbox, targets, folder

    def attempt(self, attack: PortableAttack) -> Verdict:
        """Try one attack."""
        evidence = list(self._evidence(attack))
        if attack.source == sources.PROCESSES["a process that survives"]:
            end = time.monotonic() + _SURVIVAL_SECONDS
            while time.monotonic() < end and not (self._targets.canary / "survivor").exists():
                time.sleep(0.05)
        evidence += self._targets.changes()
        if attack.group in _DISTURBING and not self._grades_honestly():
            evidence.append("an honest answer could not be graded after it")
        return Verdict(attack, "; ".join(evidence))

    def _grades_honestly(self) -> bool:
        with ExitStack() as stack:
            got, _ = self._run(stack, _HONEST)
        return got == [2 * number for number in _INPUT]

    def _evidence(self, attack: PortableAttack) -> Iterator[str]:
        """Run an attack, and yield the evidence that it succeeded."""
        with ExitStack() as stack:
            if attack.sender:
                self._run(stack, self._code(attack.sender))
            got, message = self._run(stack, self._code(attack.source))
        if GOT_OUT in message:
            got_out = message.partition(GOT_OUT)[2].rpartition(" (line ")[0].strip()
            yield f"its code reports {got_out}"
        elif self._targets.secret in message:
            yield "its message contains the secret"
        if attack.group == FORGING and got == self._targets.right_answer:
            yield "it gave the right answer, which it cannot know"
        if attack.group == SHOWING:
            if any(control in message for control in _CONTROLS):
                yield "control characters are in its message"
            if active := active_content(self._page(message)):
                yield f"a page would run {active[0]}"

    def _code(self, source: str) -> str:
        return self._targets.fill(function("answer", source))

    def _run(self, stack: ExitStack, code: str) -> tuple[object, str]:
        """Call an answer as a check does; return what it returned and how it failed.

        Its worker lives until the stack is closed.
        """
        import torch

        cell = Cell("the attack", f"import torch\n{PRELUDE}{code}", "answer")
        budgets = _BUDGETS if code != _HONEST else None
        session = self._sandbox.session([cell], ["answer"], budgets=budgets)
        stack.enter_context(closing(session))
        try:
            if "answer" not in session.load().names:
                return None, "the cell could not be run"
            session.begin()
            session.seed_for_check("attack")
            answer: Any = session.answers(["answer"])["answer"]
            got = answer(torch.tensor(_INPUT))
        except (StudentError, StudentGone) as error:
            return None, str(error)
        return got.tolist() if isinstance(got, torch.Tensor) else got, ""

    def _page(self, message: str) -> str:
        """Return the pages of a student with this message."""
        from autograder.reports.report import write_report
        from autograder.results.model import CheckResult, CriterionResult, QuestionResult, Result

        check = CheckResult("attack", "An attack", "error", message)
        criterion = CriterionResult("attack", "An attack", 0.0, 1.0, (check,))
        question = QuestionResult("answer", 0.0, 1.0, (criterion,))
        result = Result("mallory", "attacked", "graded", 0.0, 1.0, (question,))
        pages = self._folder / "pages"
        page = write_report([result], pages).read_text(encoding="utf-8")
        return page + "".join(p.read_text(encoding="utf-8") for p in pages.rglob("*.html"))


def function(name: str, body: str) -> str:
    """Return the source of a function of `mu` with this body."""
    return f"def {name}(mu):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"


def try_all(assignment: Assignment, *, confine: bool) -> Iterator[Verdict]:
    """Try every attack on this machine, confined as an assignment's submissions are.

    The course that is attacked is a new folder within the assignment's, if that is writable.

    Args:
        assignment: Whose sandbox is attacked; its own files are only read.
        confine: Whether to confine the attacks. Without that, most of them succeed.

    Raises:
        CannotRunError: If the sandbox does not start on this machine.
    """
    parent = assignment.root if os.access(assignment.root, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix=".attacked-", dir=parent) as folder,
        tempfile.TemporaryDirectory() as pages,
        Targets(Path(folder), forbidden_paths(assignment)) as targets,
        open_sandbox(assignment, confine=confine) as sandbox,
    ):
        Path(folder, ".gitignore").write_text("*\n", encoding="utf-8")
        trial = Trial(sandbox, targets, Path(pages))
        for attack in ATTACKS:
            yield trial.attempt(attack)


class _Reader(HTMLParser):
    """Collects the scripts and event handlers that call `alert`, as those of every attack do."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.found += [
            f"<{tag} {name}={value}>"
            for name, value in attrs
            if value and "alert(" in value and (name.startswith("on") or "script:" in value)
        ]

    def handle_data(self, data: str) -> None:
        if self._in_script and "alert(1)" in data:
            self.found.append(f"<script>{data[:40]}")

    def handle_endtag(self, _tag: str) -> None:
        self._in_script = False


def active_content(page: str) -> list[str]:
    """Return the scripts and handlers of an attack that a page would run."""
    reader = _Reader()
    reader.feed(page)
    return reader.found
