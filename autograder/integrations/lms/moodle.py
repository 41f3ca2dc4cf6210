"""Grades and feedback for Moodle, which imports its own grading worksheet with grades filled in."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from autograder.integrations.lms.grades_file import GradesFile, grade_of, read_export
from autograder.integrations.lms.matching import match
from autograder.reports.feedback import for_students, in_short, notes_on, points
from autograder.results.model import Result

_NEEDED = ("Identifier", "Grade", "Last modified (grade)")
_IDENTIFYING = ("Identifier", "Full name", "Username", "ID number", "Email address")
_COMMENTS = "Feedback comments"


def moodle_grades(
    results: Sequence[Result], worksheet: Path | None = None, *, hints: bool = True
) -> GradesFile:
    """Return the file that Moodle imports.

    Args:
        results: The results.
        worksheet: The assignment's grading worksheet from Moodle, to fill in grades and comments.
            Without it, the file is for the CSV import of Moodle's gradebook, where the instructor
            assigns the columns; the names of students must be their logins.
        hints: Whether students see the hints.
    """
    results = [for_students(one, hints=hints) for one in results]
    if worksheet is None:
        name = results[0].assignment
        rows: list[Sequence[object]] = [("username", name, f"{name} feedback")]
        rows += [(one.student, grade_of(one), _comment(one)) for one in results]
        return GradesFile(rows, results)
    header, *lines = read_export(worksheet, "Moodle's grading worksheet", _NEEDED)
    found, not_in_file = match(results, header, lines, _IDENTIFYING)
    rows, no_submission = [header], []
    for line, result in zip(lines, found, strict=True):
        row: list[object] = list(line)
        if result is None:
            no_submission.append(line[header.index("Identifier")])
        else:
            row[header.index("Grade")] = grade_of(result)
            if _COMMENTS in header:
                row[header.index(_COMMENTS)] = _comment(result)
        rows.append(row)
    return GradesFile(rows, results, not_in_file, no_submission)


def _comment(result: Result) -> str:
    """Return the reasons as HTML, which Moodle expects."""
    lines = [f"{points(result)} points", *notes_on(result)]
    if result.status != "unreadable":  # the message is the reason for every question
        lines += [in_short(question) for question in result.questions]
    return "<br>".join(escape("\n".join(lines)).splitlines())
