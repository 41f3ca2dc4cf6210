"""An assignment in Canvas: what it has of each student, read and changed through its REST API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.support.errors import UsageError

if TYPE_CHECKING:
    from canvasapi.submission import Submission

_WITHOUT_POINTS = {"pass_fail", "not_graded"}  # types of grading


@dataclass(frozen=True)
class Record:
    """What Canvas has of one student in the assignment.

    Attributes:
        score: The points that count.
        entered: The points before Canvas's own late penalty.
        comments: What was said about the submission, the oldest first.
        excused: Whether the student is excused from the assignment.
        submission: Where to send.
    """

    score: float | None
    entered: float | None
    comments: tuple[str, ...]
    excused: bool
    submission: Submission


@dataclass(frozen=True)
class Student:
    """A student of the course in Canvas.

    Attributes:
        name: The name for people.
        identity: What may name the student in the results: names, SIS id, login, Canvas's number.
        record: None if the assignment is not assigned to the student.
    """

    name: str
    identity: tuple[str, ...]
    record: Record | None = None


@dataclass(frozen=True)
class CanvasAssignment:
    """An assignment with the students of its course.

    Attributes:
        name: The names of course and assignment.
        maximum: Its points possible; None if it has none.
        students: The students, in Canvas's order.
    """

    name: str
    maximum: float | None
    students: tuple[Student, ...]


def read_assignment(
    url: str, course: int, assignment: int, environment: Mapping[str, str]
) -> CanvasAssignment:
    """Read an assignment from Canvas; nothing is changed there.

    Args:
        url: The address of Canvas.
        course: The number of the course.
        assignment: The number of the assignment.
        environment: The environment variables, with the token.

    Raises:
        UsageError: If an argument, the token or the kind of assignment is not usable, or canvasapi
            is not installed.
        CanvasError: If Canvas does not answer as expected.
    """
    try:
        from canvasapi.course import Course
    except ImportError:
        raise UsageError('--api needs canvasapi: pip install "vae-autograder[canvas]"') from None
    from autograder.integrations.lms.canvas_requests import requester, understood

    asks = requester(url, environment)
    with understood():
        opened = Course(asks, asks.request("GET", f"courses/{course}").json())
        found = opened.get_assignment(assignment)
        name = f"{opened.name} › {found.name}"
        maximum = _number(found.points_possible)
    _require_own_points(name, found)
    with understood():
        submissions = found.get_submissions(include=["submission_comments"])
        records = {one.user_id: _record(one) for one in submissions}
        users = opened.get_users(enrollment_type=["student"])
        students = tuple(_student(one, records.get(one.id)) for one in users)
    return CanvasAssignment(name, maximum, students)


def send(record: Record, points: float | None, comment: str) -> None:
    """Give a student points, a comment, or both.

    Args:
        record: Whose.
        points: The points; None to leave those in Canvas.
        comment: The comment; "" for none.

    Raises:
        CanvasError: If Canvas does not take them.
    """
    from autograder.integrations.lms.canvas_requests import CanvasError, understood

    parts: dict[str, dict[str, str]] = {}
    if points is not None:
        parts["submission"] = {"posted_grade": shown(points)}
    if comment:
        parts["comment"] = {"text_comment": comment}
    with understood():
        answer = record.submission.edit(**parts)
        entered = _entered(answer)
    if points is not None and not same_points(entered, points):
        kept = "no grade" if entered is None else shown(entered)
        raise CanvasError(f"Canvas kept {kept}", refused=True)


def shown(points: float) -> str:
    """Return points as Canvas shows them: in hundredths."""
    return format(round(points, 2), ".12g")  # 12 digits: no class has more points


def same_points(one: float | None, other: float | None) -> bool:
    """Return whether Canvas shows the same."""
    return (None if one is None else shown(one)) == (None if other is None else shown(other))


def _require_own_points(name: str, found: Any) -> None:  # noqa: ANN401 - canvasapi has no types
    """Refuse an assignment in which a student cannot have points of their own."""
    kind = getattr(found, "grading_type", "")
    if kind in _WITHOUT_POINTS:
        raise UsageError(
            f"{name!r} has no points in Canvas (it displays grades as {kind!r}): choose Points at "
            "Edit › Display Grade as"
        )
    grouped = getattr(found, "group_category_id", None)
    if grouped and not getattr(found, "grade_group_students_individually", False):
        raise UsageError(
            f"{name!r} has one grade for a whole group in Canvas: switch on “Assign Grades to Each "
            "Student Individually” there"
        )
    if getattr(found, "anonymize_students", False):
        raise UsageError(
            f"{name!r} hides who its students are (Anonymous Grading): switch that off in Canvas"
        )


def _student(user: Any, record: Record | None) -> Student:  # noqa: ANN401 - canvasapi has no types
    names = ("name", "sortable_name", "sis_user_id", "login_id", "id")
    found = (getattr(user, name, None) for name in names)
    identity = tuple(str(value) for value in found if value not in (None, ""))
    return Student(str(getattr(user, "sortable_name", None) or user.name), identity, record)


def _record(submission: Any) -> Record:  # noqa: ANN401 - canvasapi has no types
    remarks = getattr(submission, "submission_comments", None) or ()
    remarks = sorted(remarks, key=lambda one: str(one.get("created_at")))  # all in UTC
    return Record(
        score=_number(submission.score),
        entered=_entered(submission),
        comments=tuple(str(one.get("comment") or "") for one in remarks),
        excused=bool(getattr(submission, "excused", False)),
        submission=submission,
    )


def _entered(submission: Any) -> float | None:  # noqa: ANN401 - canvasapi has no types
    """Return the points that were sent to Canvas, of which it may have taken a late penalty."""
    return _number(getattr(submission, "entered_score", submission.score))


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
