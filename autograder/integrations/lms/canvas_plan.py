"""What Canvas does not have yet: the grades and comments to send, and who is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from autograder.integrations.lms.canvas_course import (
    CanvasAssignment,
    Record,
    Student,
    same_points,
    shown,
)
from autograder.integrations.lms.comments import lines_of
from autograder.integrations.lms.grade import Grade
from autograder.integrations.lms.grades_file import check_maximum
from autograder.integrations.lms.matching import match

# The first line of a comment that this module has sent: `6 / 10 points`.
_OURS = re.compile(r"\s*-?[\d.e+]+ / [\d.e+]+ points\b")
# Students in a row: one student's record may be at fault, or two; then it is Canvas.
_MOST_REFUSED = 3


@dataclass(frozen=True)
class Change:
    """What one student gets.

    Attributes:
        student: The student's name in Canvas.
        record: What Canvas has.
        points: The grade.
        new_points: Whether Canvas has another grade.
        comment: The comment; "" if Canvas has it.
    """

    student: str
    record: Record
    points: float
    new_points: bool
    comment: str

    @property
    def before(self) -> str:
        """The grade in Canvas."""
        return "–" if self.record.score is None else shown(self.record.score)


@dataclass
class Plan:
    """What is to be sent, and who is left out.

    Attributes:
        changes: What is to be sent.
        same: How many students have their grade and comment already.
        left_out: The names of those for whom nothing is sent, by reason.
        unmatched: The students of the results who are not in Canvas.
        reduced: The students from whose points Canvas takes its own late penalty.
    """

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    left_out: dict[str, list[str]] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)
    reduced: list[str] = field(default_factory=list)


def plan(grades: Sequence[Grade], assignment: CanvasAssignment, *, hints: bool) -> Plan:
    """Compare the grades of a class with Canvas.

    Args:
        grades: The grades of the class.
        assignment: What Canvas has.
        hints: Whether students see the hints.

    Raises:
        UsageError: If Canvas's points possible are not the maximum of the grades.
    """
    where = f"{assignment.name!r}"
    check_maximum(grades, assignment.maximum, where, "Canvas", then="run this command again")
    students = assignment.students
    found, unmatched = match(grades, [one.identity for one in students])
    made = Plan(unmatched=unmatched)
    for student, grade in zip(students, found, strict=True):
        if reason := _why_left_out(student, grade):
            made.left_out.setdefault(reason, []).append(grade.student if grade else student.name)
        elif grade and student.record:
            _add(made, student, student.record, grade, hints=hints)
    return made


def _why_left_out(student: Student, grade: Grade | None) -> str:
    """Return why nothing is sent for a student of the course, "" if something may be."""
    if grade is None:
        return "in Canvas, without a result here"
    if grade.score is None:
        return "without a grade"
    if student.record is None:
        return "not assigned to this assignment in Canvas"
    return "excused in Canvas" if student.record.excused else ""


def _add(made: Plan, student: Student, record: Record, grade: Grade, *, hints: bool) -> None:
    assert grade.score is not None
    text = "\n".join(lines_of(grade, hints=hints))
    comment = "" if _has_comment(record, text) else text
    new_points = not same_points(record.entered, grade.score)
    if new_points or comment:
        made.changes.append(Change(student.name, record, grade.score, new_points, comment))
    else:
        made.same += 1
    if not same_points(record.score, record.entered):
        made.reduced.append(student.name)


def _has_comment(record: Record, text: str) -> bool:
    """Return whether the newest of our comments, by whoever sent it, says the same."""
    ours = [one for one in record.comments if _OURS.match(unescape(one))]
    return bool(ours) and _words(ours[-1]) == _words(text)


def _words(text: str) -> list[str]:
    """Return what is left of a text that a server may have escaped, or whose lines it changed."""
    return unescape(text).split()


def deliver(
    changes: Sequence[Change], send: Callable[[Record, float | None, str], None]
) -> Iterator[tuple[Change, str]]:
    """Send the changes, one request for each student.

    A student whose grade Canvas refuses does not keep the others from theirs.

    Args:
        changes: What is to be sent.
        send: Sends points, a comment or both.

    Yields:
        Each change, and why Canvas refused it, "" if it did not.

    Raises:
        CanvasError: If Canvas cannot be reached, or refuses several in a row.
    """
    from autograder.integrations.lms.canvas_requests import CanvasError

    refused = 0
    for change in changes:
        reason = ""
        try:
            send(change.record, change.points if change.new_points else None, change.comment)
        except CanvasError as error:
            reason, refused = str(error), refused + 1
            if not error.refused or refused == _MOST_REFUSED:
                raise
        else:
            refused = 0
        yield change, reason
