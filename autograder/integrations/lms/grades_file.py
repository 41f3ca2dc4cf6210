"""A CSV file with grades, and the one that users of nbgrader know."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.results.model import Result
from autograder.support.csv_tables import to_csv
from autograder.support.errors import UsageError
from autograder.support.files import write_atomically

_NBGRADER = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


@dataclass(frozen=True)
class GradesFile:
    """The rows of a file, and the students whose grades are missing.

    Attributes:
        rows: The rows, the header first.
        results: The results of the class.
        not_in_file: Students whom the given file does not list.
        no_submission: Rows of the given file without a result.
    """

    rows: Sequence[Sequence[object]]
    results: Sequence[Result]
    not_in_file: Collection[str] = ()
    no_submission: Collection[str] = ()

    def write(self, path: Path) -> None:
        """Write the file."""
        write_atomically(path, to_csv(self.rows))

    @property
    def complete(self) -> bool:
        """Whether the file contains every student with a result."""
        return not self.not_in_file

    @property
    def graded(self) -> int:
        """The number of grades in the file."""
        missing = {*self._not_graded, *self.not_in_file}
        return sum(one.student not in missing for one in self.results)

    @property
    def problems(self) -> dict[str, Collection[str]]:
        """The students that an instructor must look after, by problem."""
        found: dict[str, Collection[str]] = {
            "not graded yet, grade left empty": self._not_graded,
            "not in the given file": self.not_in_file,
            "no submission": self.no_submission,
        }
        return {problem: names for problem, names in found.items() if names}

    @property
    def _not_graded(self) -> list[str]:
        return [one.student for one in self.results if one.status != "graded"]


def nbgrader_grades(results: Sequence[Result]) -> GradesFile:
    """Return the columns of `nbgrader export`; those that only its gradebook knows are empty."""
    rows: list[Sequence[object]] = [_NBGRADER]
    for one in results:
        score = grade_of(one)
        rows.append(
            (one.assignment, "", "", one.student, "", "", "", score, 0.0, score, one.max_score)
        )
    return GradesFile(rows, results)


def grade_of(result: Result) -> object:
    """Return the score, or "" if the submission is unreadable or the grader failed."""
    return result.score if result.status == "graded" else ""


def read_export(path: Path, system: str, needed: Sequence[str]) -> list[list[str]]:
    """Return the rows of a CSV file that another system exported, all of the header's width.

    Args:
        path: The file.
        system: What the file should be, for messages.
        needed: Columns that the header must have.

    Raises:
        UsageError: If the file cannot be read, is empty or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"{path}: {error}") from None
    if not rows:
        raise UsageError(f"{path}: the file is empty")
    missing = [name for name in needed if name not in rows[0]]
    if missing:
        raise UsageError(f"{path}: not {system}, has no column {', '.join(missing)}")
    width = len(rows[0])
    return [(row + [""] * width)[:width] for row in rows]
