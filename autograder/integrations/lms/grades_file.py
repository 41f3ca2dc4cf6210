"""A CSV file with grades, and the one that users of nbgrader know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.integrations.lms.grade import Grade
from autograder.integrations.lms.table import Table
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
        grades: The grades of the class.
        not_in_file: Students whom the given file does not list.
        no_submission: Rows of the given file without a result.
        like: The given file, whose delimiter and decimal comma are used again.
    """

    rows: Sequence[Sequence[object]]
    grades: Sequence[Grade]
    not_in_file: Collection[str] = ()
    no_submission: Collection[str] = ()
    like: Table | None = None

    def write(self, path: Path) -> None:
        """Write the file."""
        form = (self.like.delimiter, self.like.decimal) if self.like else ()
        write_atomically(path, to_csv(self.rows, *form))

    @property
    def complete(self) -> bool:
        """Whether the file contains every student with a result."""
        return not self.not_in_file

    @property
    def graded(self) -> int:
        """The number of grades in the file."""
        missing = {*self.not_in_file, *(one.student for one in self.grades if one.score is None)}
        return sum(one.student not in missing for one in self.grades)

    @property
    def problems(self) -> dict[str, Collection[str]]:
        """The students of whom the given file or the class has no trace, by problem."""
        found: dict[str, Collection[str]] = {
            "not in the given file": self.not_in_file,
            "no submission": self.no_submission,
        }
        return {problem: names for problem, names in found.items() if names}


def nbgrader_grades(grades: Sequence[Grade]) -> GradesFile:
    """Return the columns of `nbgrader export`; what only its gradebook knows may be empty."""
    rows: list[Sequence[object]] = [_NBGRADER]
    for one in grades:
        known = one.entry
        parts: tuple[object, object] = (known.points, known.penalty) if known else (one.cell, 0.0)
        raw, penalty = ("", "") if one.score is None else parts
        row = {
            **(known.columns if known else {}),
            "assignment": one.result.assignment,
            "student_id": one.student,
            "raw_score": raw,
            "late_submission_penalty": penalty,
            "score": one.cell,
            "max_score": one.max_score,
        }
        rows.append([row.get(name, "") for name in _NBGRADER])
    return GradesFile(rows, grades)


def check_maximum(
    grades: Sequence[Grade],
    theirs: float | None,
    where: str,
    system: str,
    then: str = "download the file again",
) -> None:
    """Refuse grades that are out of another number of points than the other system's.

    Args:
        grades: The grades of the class.
        theirs: The maximum in the other system; None if it is not known.
        where: The file, and what in it.
        system: The other system's name.
        then: What to do after a change there.

    Raises:
        UsageError: If the two differ.
    """
    ours = grades[0].max_score
    if theirs is not None and theirs != ours:
        raise UsageError(
            f"{where} is out of {theirs:g}, these grades are out of {ours:g}: add --out-of "
            f"{theirs:g} to scale them, or set the maximum in {system} to {ours:g} and {then}"
        )
