"""Grades for Canvas, which imports its own gradebook export with grades filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from autograder.integrations.lms.grade import Grade
from autograder.integrations.lms.grades_file import GradesFile, check_maximum
from autograder.integrations.lms.matching import match
from autograder.integrations.lms.table import Table, read_table
from autograder.support.errors import UsageError

_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_NEEDED = ("Student", "ID", "Section")
_IDENTIFYING = _COLUMNS[:-1]
# Of students too, but not imported.
_OTHERS = ("Root Account", "Integration ID")
_POINTS = "Points Possible"
_READ_ONLY = "(read only)"


def canvas_grades(
    grades: Sequence[Grade], gradebook: Path | None = None, column: str = ""
) -> GradesFile:
    """Return the file that Canvas imports at Grades › Import.

    Args:
        grades: The grades of the class.
        gradebook: Canvas's export of the gradebook, which has Canvas's own numbers of students.
            Without it, the names of students must be their logins.
        column: The assignment's column in Canvas, as in `Autoencoders (1234)` or `Autoencoders`.
            Without it, the column is called after the rubric's assignment, and Canvas creates one
            if there is none.

    Raises:
        UsageError: If the gradebook is another file, lacks the column, or is out of other points.
    """
    max_score = grades[0].max_score
    if gradebook is None:
        own_name = column or grades[0].result.assignment
        rows: list[Sequence[object]] = [(*_COLUMNS, own_name), (_POINTS, *[""] * 4, max_score)]
        rows += [(one.student, "", "", one.student, "", one.cell) for one in grades]
        return GradesFile(rows, grades)
    table = _read(gradebook)
    header, lines = table.header, table.lines
    full_name = _full_name(table, column or grades[0].result.assignment, required=bool(column))
    if full_name in header:
        theirs = table.number(_points(table)[header.index(full_name)])
        check_maximum(grades, theirs, f"{gradebook}: {full_name!r}", "Canvas")
    known = [name for name in _COLUMNS if name in header]
    places = [header.index(name) for name in known if name in _IDENTIFYING]
    named = [[line[place] for place in places if line[place]] for line in lines]
    found, not_in_file = match(grades, named)
    rows, no_submission = [(*known, full_name)], []
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


def _points(table: Table) -> list[str]:
    """Return the row with the points possible."""
    place = table.header.index("Student")
    empty = [""] * len(table.header)
    return next((line for line in table.lines if line[place].strip() == _POINTS), empty)


def _full_name(table: Table, column: str, *, required: bool) -> str:
    """Return the name of a column with Canvas's number.

    Raises:
        UsageError: If several columns have the name, or none has a name that is required.
    """
    points = _points(table)
    names = [
        name
        for name, cell in zip(table.header, points, strict=True)
        if name not in (*_COLUMNS, *_OTHERS) and cell != _READ_ONLY
    ]
    named = [name for name in names if column in (name, _short(name))]
    if len(named) == 1:
        return named[0]
    if named:
        several = " and ".join(map(repr, named))
        raise UsageError(f"{table.path}: {several} have this name; give --column with the number")
    if not required:
        return column
    near = {_short(name).casefold(): name for name in names}
    alike = get_close_matches(column.casefold(), near, n=1, cutoff=0.0)
    nearest = f", the nearest is {near[alike[0]]!r}" if alike else ""
    raise UsageError(
        f"{table.path}: has no column {column!r}{nearest}; without --column, Canvas creates an "
        "assignment"
    )


def _short(name: str) -> str:
    return re.sub(r" \(\d+\)$", "", name)
