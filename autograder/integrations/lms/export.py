"""Grades for other systems: the CSV files that Canvas, Moodle and nbgrader's users know.

Canvas and Moodle take back the file that they give out, with grades filled in: they know their
students by numbers of their own, which no submission holds. So each export is best given that
file; without it, the student's name here must be the login there.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from autograder.reports.feedback import as_text, for_students, points
from autograder.results.model import Result
from autograder.support.csv_tables import text_of
from autograder.support.errors import UsageError
from autograder.support.files import write_atomically

_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_CANVAS_POINTS = "Points Possible"
_MOODLE_NEEDS = ("Identifier", "Grade", "Last modified (grade)")
_MOODLE_COMMENTS = "Feedback comments"
_MOODLE_NAMES = ("Identifier", "Full name", "Username", "ID number", "Email address")
_NOT_THERE = "not in the file that was given"
_NUMBERED = re.compile(r"(?:^|_)(\d+)(?:_|$)")


@dataclass
class Export:
    """The rows of a file, and who is left out.

    Attributes:
        rows: The file's rows, its head first.
        graded: How many grades are in it.
        troubles: What a person must see to, and of whom.
    """

    rows: list[Sequence[object]]
    graded: int = 0
    troubles: dict[str, list[str]] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the file."""
        write_atomically(path, text_of(self.rows))

    @property
    def whole(self) -> bool:
        """Whether every student with a result is in the file."""
        return _NOT_THERE not in self.troubles

    def about(self, results: Sequence[Result], **named: list[str]) -> Export:
        """Note who is left out: those without a grade, and whom a list of names has."""
        without = [one.student for one in results if one.status != "graded"]
        told = {
            "left empty, for they have no grade yet": without,
            _NOT_THERE: named.get("not_there", []),
            "without a submission": named.get("without_result", []),
        }
        self.troubles = {trouble: names for trouble, names in told.items() if names}
        left = {*without, *named.get("not_there", [])}
        self.graded = sum(one.student not in left for one in results)
        return self


def canvas(results: Sequence[Result], gradebook: Path | None = None, column: str = "") -> Export:
    """Return what Canvas imports at Grades › Import.

    Args:
        results: The results.
        gradebook: Canvas's own export of the gradebook, to take the students from.
        column: The assignment's column there, as in `Autoencoders (1234)`; a name that Canvas does
            not know makes a new assignment.
    """
    column = column or results[0].assignment
    top = results[0].max_score
    if gradebook is None:
        rows: list[Sequence[object]] = [(*_CANVAS, column), (_CANVAS_POINTS, *[""] * 4, top)]
        rows += [(one.student, "", "", one.student, "", _given(one)) for one in results]
        return Export(rows).about(results)
    head, *lines = _read(gradebook)
    missing = [name for name in ("Student", "ID", "Section") if name not in head]
    if missing:
        raise UsageError(f"{gradebook}: not Canvas's export, has no column {', '.join(missing)}")
    known = [name for name in _CANVAS if name in head]
    export, without = Export([(*known, _same_column(head, column))]), list[str]()
    found, not_there = match(results, head, lines, _CANVAS[:-1])
    for line, result in zip(lines, found, strict=True):
        own = [line[head.index(name)] for name in known]
        if own[0].strip() == _CANVAS_POINTS:
            export.rows.append((*own, top))
        elif result is not None:
            export.rows.append((*own, _given(result)))
        elif line[head.index("ID")].strip():
            without.append(own[0])
    return export.about(results, not_there=not_there, without_result=without)


def _same_column(head: Sequence[str], column: str) -> str:
    """Return the column as Canvas calls it, with its number, if there is one of this name."""
    named = [name for name in head if re.sub(r" \(\d+\)$", "", name) == column]
    return named[0] if len(named) == 1 else column


def moodle(
    results: Sequence[Result], worksheet: Path | None = None, *, hints: bool = True
) -> Export:
    """Return what Moodle imports.

    Args:
        results: The results.
        worksheet: The assignment's grading worksheet, downloaded from Moodle: it comes back with
            grades and comments. Without it, the file is for the gradebook's CSV import, where one
            chooses by hand what the columns are.
        hints: Whether students see the hints.
    """
    results = [for_students(one, hints=hints) for one in results]
    if worksheet is None:
        name = results[0].assignment
        rows: list[Sequence[object]] = [("username", name, f"{name} feedback")]
        rows += [(one.student, _given(one), _comment(one)) for one in results]
        return Export(rows).about(results)
    head, *lines = _read(worksheet)
    missing = [name for name in _MOODLE_NEEDS if name not in head]
    if missing:
        raise UsageError(
            f"{worksheet}: not Moodle's grading worksheet, has no column {', '.join(missing)}"
        )
    grade, comments = head.index("Grade"), _place(head, _MOODLE_COMMENTS)
    export, without = Export([head]), list[str]()
    found, not_there = match(results, head, lines, _MOODLE_NAMES)
    for line, result in zip(lines, found, strict=True):
        row: list[object] = list(line)
        if result is None:
            without.append(line[head.index("Identifier")])
        else:
            row[grade] = _given(result)
            if comments is not None:
                row[comments] = _comment(result)
        export.rows.append(row)
    return export.about(results, not_there=not_there, without_result=without)


def nbgrader(results: Sequence[Result]) -> Export:
    """Return the columns of `nbgrader export`; what only nbgrader's gradebook knows is empty."""
    head = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
            "raw_score", "late_submission_penalty", "score", "max_score")  # fmt: skip
    rows: list[Sequence[object]] = [head]
    for one in results:
        given = (_given(one), 0.0, _given(one), one.max_score)
        rows.append((one.assignment, "", "", one.student, "", "", "", *given))
    return Export(rows).about(results)


def _given(result: Result) -> object:
    """Return the score; nothing where the grader failed or nothing could be read: not a grade."""
    return result.score if result.status == "graded" else ""


def _comment(result: Result) -> str:
    """Return the reasons as HTML, which is what Moodle takes; all of it escaped."""
    lines = [points(result.score, result.max_score) + " points"]
    lines += [line for line in (result.message, *result.repairs) if line]
    lines += [as_text(question) for question in result.questions]
    return "<br>".join(escape("\n".join(lines)).splitlines())


def _place(head: Sequence[str], name: str) -> int | None:
    return head.index(name) if name in head else None


def _read(path: Path) -> list[list[str]]:
    """Read a file that another system gave out.

    Raises:
        UsageError: If it cannot be read, or has no rows.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"{path}: {error}") from None
    if not rows:
        raise UsageError(f"{path}: the file is empty")
    width = len(rows[0])
    return [(row + [""] * width)[:width] for row in rows]


def match(
    results: Sequence[Result],
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    columns: Sequence[str],
) -> tuple[list[Result | None], list[str]]:
    """Find the result of each line by what these columns of it say.

    A result that two lines name, or a line that names two results, is nobody's: a grade must not
    go to the namesake.

    Returns:
        The result of each line or None, and the students whom no line has.
    """
    by_name: dict[str, set[str]] = {}
    for result in results:
        for name in {_folded(result.student), *_numbers(result.student)}:
            by_name.setdefault(name, set()).add(result.student)
    places = [head.index(name) for name in columns if name in head]
    named: list[set[str]] = []
    for line in lines:
        cells = [line[place].removeprefix("Participant ") for place in places if line[place]]
        names = {name for cell in cells for name in (_folded(cell), *_numbers(cell))}
        named.append({one for name in names for one in by_name.get(name, ())})
    often = Counter(one for students in named for one in students)
    known = {result.student: result for result in results}
    found = [
        known[one] if len(students) == 1 and often[one := min(students)] == 1 else None
        for students in named
    ]
    there = {result.student for result in found if result is not None}
    return found, sorted(known.keys() - there)


def _folded(name: str) -> str:
    """Return a name as its letters and digits alone: `Doe, Jané` is `doejane`."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _numbers(name: str) -> set[str]:
    """Return the number in `Jane Doe_12345_assignsubmission_file_`, or in `doejane_123_4567`."""
    return {f"number {found}" for found in _NUMBERED.findall(name)[:1]}
