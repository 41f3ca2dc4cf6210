"""Grades and feedback for Moodle, which imports its own grading worksheet with grades filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.integrations.lms.comments import comment
from autograder.integrations.lms.grade import Grade
from autograder.integrations.lms.grades_file import GradesFile, check_maximum
from autograder.integrations.lms.matching import match
from autograder.integrations.lms.worksheet import read_worksheet


def moodle_grades(
    grades: Sequence[Grade],
    worksheet: Path | None = None,
    *,
    hints: bool = True,
    columns: Mapping[str, str] | None = None,
) -> GradesFile:
    """Return the file that Moodle imports.

    Args:
        grades: The grades of the class.
        worksheet: The assignment's grading worksheet from Moodle, to fill in grades and comments.
            Without it, the file is for the CSV import of Moodle's gradebook, where the instructor
            assigns the columns; the names of students must be their logins.
        hints: Whether students see the hints.
        columns: Names of the worksheet's columns by their roles, in a language not known here.
    """
    if worksheet is None:
        name = grades[0].result.assignment
        rows: list[Sequence[object]] = [("username", name, f"{name} feedback")]
        rows += [(one.student, one.cell, comment(one, hints=hints)) for one in grades]
        return GradesFile(rows, grades)
    sheet = read_worksheet(worksheet, columns)
    table = sheet.table
    for line in table.lines:
        theirs = table.number(sheet.cell(line, "maximum"))
        check_maximum(grades, theirs, f"{worksheet}: {line[0]}", "Moodle")
    found, not_in_file = match(grades, [sheet.identity(line) for line in table.lines])
    rows, no_submission = [table.header], []
    for line, grade in zip(table.lines, found, strict=True):
        row: list[object] = list(line)
        if grade is None:
            no_submission.append(line[0])
        else:
            row[sheet.columns["grade"]] = grade.cell
            if "comments" in sheet.columns:
                row[sheet.columns["comments"]] = comment(grade, hints=hints)
        rows.append(row)
    return GradesFile(rows, grades, not_in_file, no_submission, table)
