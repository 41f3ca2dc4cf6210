"""Grades and feedback for Moodle, which imports its own grading worksheet with grades filled in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.integrations.lms.comments import comment
from autograder.integrations.lms.grade import Grade
from autograder.integrations.lms.grades_file import GradesFile, read_export
from autograder.integrations.lms.matching import match

_NEEDED = ("Identifier", "Grade", "Last modified (grade)")
_IDENTIFYING = ("Identifier", "Full name", "Username", "ID number", "Email address")
_COMMENTS = "Feedback comments"


def moodle_grades(
    grades: Sequence[Grade], worksheet: Path | None = None, *, hints: bool = True
) -> GradesFile:
    """Return the file that Moodle imports.

    Args:
        grades: The grades of the class.
        worksheet: The assignment's grading worksheet from Moodle, to fill in grades and comments.
            Without it, the file is for the CSV import of Moodle's gradebook, where the instructor
            assigns the columns; the names of students must be their logins.
        hints: Whether students see the hints.
    """
    if worksheet is None:
        name = grades[0].result.assignment
        rows: list[Sequence[object]] = [("username", name, f"{name} feedback")]
        rows += [(one.student, one.cell, comment(one, hints=hints)) for one in grades]
        return GradesFile(rows, grades)
    header, *lines = read_export(worksheet, "Moodle's grading worksheet", _NEEDED)
    found, not_in_file = match(grades, header, lines, _IDENTIFYING)
    rows, no_submission = [header], []
    for line, grade in zip(lines, found, strict=True):
        row: list[object] = list(line)
        if grade is None:
            no_submission.append(line[header.index("Identifier")])
        else:
            row[header.index("Grade")] = grade.cell
            if _COMMENTS in header:
                row[header.index(_COMMENTS)] = comment(grade, hints=hints)
        rows.append(row)
    return GradesFile(rows, grades, not_in_file, no_submission)
