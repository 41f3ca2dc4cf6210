"""Read from nbgrader's gradebook what persons gave, and what lateness costs."""

# mypy: disable-error-code="import-untyped"
# nbgrader carries no types.
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from autograder.assignment.rubric_validation import GRADE_CELL
from autograder.integrations.lms.grade import Entry, GradebookMarks, Mark
from autograder.integrations.nbgrader.late_policy import LatePolicy
from autograder.support.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograder.results.model import Result


def read_marks(
    path: Path, results: Sequence[Result], late: Mapping[str, float] | None = None
) -> GradebookMarks:
    """Return what a gradebook has about the assignment of these results.

    Args:
        path: nbgrader's SQLite file, which is not changed.
        results: The results, all of one assignment.
        late: The rubric's section `[late]`, if the rubric is at hand.

    Raises:
        UsageError: If the file is not a gradebook, or does not know the assignment.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; nbgrader's gradebook is gradebook.db in a course")
    name = results[0].assignment
    questions = [question.id for question in results[0].questions]
    try:
        # Without a course, nbgrader does not insert one.
        url = f"sqlite:///{path.resolve().as_uri()}?mode=ro&uri=true"
        with Gradebook(url, course_id="") as gradebook:
            assignment = gradebook.find_assignment(name)
            entries = {
                one.student.id: _entry(one, questions, late)
                for one in gradebook.assignment_submissions(name)
            }
            return GradebookMarks(assignment.max_score, entries)
    except MissingEntry:
        raise UsageError(
            f"{path}: does not know the assignment {name!r}; run `nbgrader autograde {name}` first"
        ) from None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise UsageError(
            f"{path}: not a gradebook of this nbgrader, {reason} (`nbgrader db upgrade` helps an "
            "old one)"
        ) from None


def _entry(submission: Any, questions: Sequence[str], late: Mapping[str, float] | None) -> Entry:  # noqa: ANN401 - nbgrader carries no types
    cells = {GRADE_CELL + question: question for question in questions}
    automatic, marks, remarks = {}, [], {}
    waits = False
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            waits |= grade.needs_manual_grade
            if grade.name in cells:
                automatic[cells[grade.name]] = grade.auto_score
            if grade.name not in cells or grade.manual_score is not None or grade.extra_credit:
                shown = cells.get(grade.name, grade.name)
                marks.append(Mark(shown, grade.score, grade.max_score))
        for comment in notebook.comments:
            if comment.manual_comment:
                remarks[cells.get(comment.name, comment.name)] = comment.manual_comment
    student = submission.student
    columns = {
        "duedate": submission.assignment.duedate,
        "timestamp": submission.timestamp,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
    }
    return Entry(
        points=submission.score,
        penalty=submission.late_submission_penalty,
        due_penalty=_due_penalty(submission, late) if late else None,
        waits=waits,
        automatic=automatic,
        marks=sorted(marks, key=lambda one: one.name),
        remarks=dict(sorted(remarks.items())),
        columns={name: str(value) for name, value in columns.items() if value is not None},
    )


def _due_penalty(submission: Any, late: Mapping[str, float]) -> float:  # noqa: ANN401 - see above
    """Return what nbgrader would deduct if it graded the submission now."""
    policy = LatePolicy(**{name: float(value) for name, value in late.items()})
    seconds = submission.total_seconds_late
    return sum(
        policy.points_lost(notebook.score, seconds) if seconds > 0 else 0.0
        for notebook in submission.notebooks
    )
