"""The table of a graded class in the terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.assignment.model import Assignment
from autograder.reports.feedback import score
from autograder.results.model import Result
from autograder.support.terminal import printable


@dataclass(frozen=True)
class ClassSummary:
    """What is printed of a class.

    Attributes:
        folder: The folder of the results.
        results: The results, sorted by student.
        reused: How many of them are from an earlier run.
        kept_errors: How many of those are errors of the grader.
        changes: The table of changes from earlier results, if there are any.
    """

    folder: Path
    results: Sequence[Result]
    reused: int
    kept_errors: int
    changes: Table | None


def print_class(summary: ClassSummary, assignment: Assignment) -> None:
    """Print the table of the class, and the changes from earlier results."""
    found = summary.results
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("student", overflow="fold")
    for question in assignment.questions:
        table.add_column(question.id, justify="right")
    table.add_column("score", justify="right")
    table.add_column("remark", overflow="fold")
    for result in found:
        scores = [score(question.score) for question in result.questions]
        remark = result.message or " ".join(result.repairs)
        table.add_row(
            printable(result.student),
            *(Text(score) for score in scores),
            Text(score(result.score), style="bold"),
            printable(remark, 90),
        )
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    if summary.changes:
        console.print(summary.changes)
    counts = counted(Counter(result.status for result in found))
    reused = f", {summary.reused} of them kept from an earlier run" if summary.reused else ""
    number = "1 submission" if len(found) == 1 else f"{len(found)} submissions"
    console.print(printable(f"{number}: {counts}{reused}. Results in {summary.folder}", 1000))
    rubric = f"{assignment.rubric} (sha256 {assignment.rubric_sha256[:12]}…)"
    console.print(printable(f"Rubric: {rubric}", 1000))
    if summary.kept_errors:
        errors = f"{summary.kept_errors} of them: the grader failed in an earlier run"
        console.print(f"{errors}; --retry-errors grades those again.")


def counted(counts: Counter[str]) -> str:
    """Return, for example, "12 graded, 1 unreadable"."""
    named = ((status.replace("_", " "), number) for status, number in sorted(counts.items()))
    return ", ".join(f"{number} {status}" for status, number in named)
