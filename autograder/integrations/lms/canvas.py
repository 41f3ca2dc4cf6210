"""Grades for Canvas, which imports its own gradebook export with grades filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.integrations.lms.grades_file import GradesFile, grade_of, read_export
from autograder.integrations.lms.matching import match
from autograder.results.model import Result

_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_NEEDED = ("Student", "ID", "Section")
_IDENTIFYING = _COLUMNS[:-1]
_POINTS = "Points Possible"


def canvas_grades(
    results: Sequence[Result], gradebook: Path | None = None, column: str = ""
) -> GradesFile:
    """Return the file that Canvas imports at Grades › Import.

    Args:
        results: The results.
        gradebook: Canvas's export of the gradebook, which has Canvas's own numbers of students.
            Without it, the names of students must be their logins.
        column: The assignment's column in Canvas, as in `Autoencoders (1234)`; Canvas creates an
            assignment for an unknown name.
    """
    column = column or results[0].assignment
    max_score = results[0].max_score
    if gradebook is None:
        rows: list[Sequence[object]] = [(*_COLUMNS, column), (_POINTS, *[""] * 4, max_score)]
        rows += [(one.student, "", "", one.student, "", grade_of(one)) for one in results]
        return GradesFile(rows, results)
    header, *lines = read_export(gradebook, "Canvas's export", _NEEDED)
    known = [name for name in _COLUMNS if name in header]
    found, not_in_file = match(results, header, lines, _IDENTIFYING)
    rows, no_submission = [(*known, _full_name(header, column))], []
    for line, result in zip(lines, found, strict=True):
        own = [line[header.index(name)] for name in known]
        if own[0].strip() == _POINTS:
            rows.append((*own, max_score))
        elif result is not None:
            rows.append((*own, grade_of(result)))
        elif line[header.index("ID")].strip():
            no_submission.append(own[0])
    return GradesFile(rows, results, not_in_file, no_submission)


def _full_name(header: Sequence[str], column: str) -> str:
    """Return the column's name with Canvas's number, if exactly one column has this name."""
    named = [name for name in header if re.sub(r" \(\d+\)$", "", name) == column]
    return named[0] if len(named) == 1 else column
