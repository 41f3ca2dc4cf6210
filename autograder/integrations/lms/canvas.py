"""Grades for Canvas, which imports its own gradebook export with grades filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.integrations.lms.grade import Grade
from autograder.integrations.lms.grades_file import GradesFile
from autograder.integrations.lms.matching import match
from autograder.integrations.lms.table import Table, read_table
from autograder.support.errors import UsageError

_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_NEEDED = ("Student", "ID", "Section")
_IDENTIFYING = _COLUMNS[:-1]
_POINTS = "Points Possible"


def canvas_grades(
    grades: Sequence[Grade], gradebook: Path | None = None, column: str = ""
) -> GradesFile:
    """Return the file that Canvas imports at Grades › Import.

    Args:
        grades: The grades of the class.
        gradebook: Canvas's export of the gradebook, which has Canvas's own numbers of students.
            Without it, the names of students must be their logins.
        column: The assignment's column in Canvas, as in `Autoencoders (1234)`; Canvas creates an
            assignment for an unknown name.
    """
    column = column or grades[0].result.assignment
    max_score = grades[0].max_score
    if gradebook is None:
        rows: list[Sequence[object]] = [(*_COLUMNS, column), (_POINTS, *[""] * 4, max_score)]
        rows += [(one.student, "", "", one.student, "", one.cell) for one in grades]
        return GradesFile(rows, grades)
    table = _read(gradebook)
    header, lines = table.header, table.lines
    known = [name for name in _COLUMNS if name in header]
    places = [header.index(name) for name in known if name in _IDENTIFYING]
    named = [[line[place] for place in places if line[place]] for line in lines]
    found, not_in_file = match(grades, named)
    rows, no_submission = [(*known, _full_name(header, column))], []
    for line, grade in zip(lines, found, strict=True):
        own = [line[header.index(name)] for name in known]
        if own[0].strip() == _POINTS:
            rows.append((*own, max_score))
        elif grade is not None:
            rows.append((*own, grade.cell))
        elif line[header.index("ID")].strip():
            no_submission.append(own[0])
    return GradesFile(rows, grades, not_in_file, no_submission, table)


def _read(gradebook: Path) -> Table:
    table = read_table(gradebook)
    missing = [name for name in _NEEDED if name not in table.header]
    if missing:
        raise UsageError(f"{gradebook}: not Canvas's export, has no column {', '.join(missing)}")
    return table


def _full_name(header: Sequence[str], column: str) -> str:
    """Return the column's name with Canvas's number, if exactly one column has this name."""
    named = [name for name in header if re.sub(r" \(\d+\)$", "", name) == column]
    return named[0] if len(named) == 1 else column
