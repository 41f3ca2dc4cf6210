"""Run a question's visible checks in a notebook and show the results as one block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .notebook_block import Block
from .outcomes import CheckReport

__all__ = ["CheckFailed", "VisibleChecks"]


class CheckFailed(Exception):  # noqa: N818 - students see this name; it says what happened
    """At least one check failed. Shown as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"CheckFailed: {self}"]


@dataclass(frozen=True)
class VisibleChecks:
    """The checks that a course gives to its students.

    Attributes:
        folder: Contains `check_<question>.py` and any `check_<question>_<part>.py`.
        answers: The name of each question's answer, by question id. Check files ask for the answer
            by this name.
        totals: The points of each question, which hidden checks decide as well.
        example: What one row of a batch is, as a word for hints.
        advice: Hints for error messages of this course: a regular expression and the line for it.
    """

    folder: Path
    answers: Mapping[str, str]
    totals: Mapping[str, float]
    example: str = "example"
    advice: Sequence[tuple[str, str]] = ()

    def check(self, question: str, answer: object) -> None:
        """Run the visible checks of one question and show their results.

        The state of the random number generators is restored afterwards.

        Raises:
            CheckFailed: If a check fails; the message names the first one.
            ValueError: If there is no such question.
        """
        if question not in self.answers:
            raise ValueError(f"no question {question!r}; there are {', '.join(self.answers)}")
        # Lazy: pytest and Hypothesis take a second to import.
        from .runner import run_checks

        files = [
            self.folder / f"check_{question}.py",
            *sorted(self.folder.glob(f"check_{question}_*.py")),
        ]
        block = self.block(question, run_checks(files, {self.answers[question]: answer}))
        _display(block)
        if not block.passed:
            raise CheckFailed(block.summary())

    def block(self, question: str, reports: Sequence[CheckReport]) -> Block:
        """Return the block that shows a question's results."""
        total = self.totals.get(question, 0.0)
        return Block(question, reports, total, self.example, self.advice)


def _display(block: Block) -> None:
    """Show the block as HTML in a notebook, otherwise as text."""
    try:
        from IPython import get_ipython  # missing where the course is used from scripts
        from IPython.display import display
    except ImportError:
        print(block)  # noqa: T201 - showing the block is the purpose
        return
    if get_ipython() is None:
        print(block)  # noqa: T201 - showing the block is the purpose
    else:
        display(block)  # type: ignore[no-untyped-call]
