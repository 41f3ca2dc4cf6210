"""nbgrader's gradebook of the tiny course, made by hand: two questions and one written answer."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from autograder.results.model import Result
from tests import made

DUE = dt.datetime(2026, 6, 1, 12)  # noqa: DTZ001 - in UTC, as nbgrader keeps it
AUTOMATIC = {"double": 6.0, "fourfold": 4.0}
CELLS = {f"check-{name}": ("code", points) for name, points in AUTOMATIC.items()}
CELLS["why"] = ("markdown", 5.0)


@contextmanager
def gradebook(folder: Path) -> Iterator[Gradebook]:
    """Open the gradebook of a folder, and make it if it is not there."""
    path = folder / "gradebook.db"
    new = not path.exists()
    # nbgrader asks a process for the version, which takes seconds.
    version = patch("nbgrader.api.get_alembic_version", lambda: "made by hand")
    with version, Gradebook(f"sqlite:///{path}") as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # about nbgrader's own use of SQLAlchemy
        if new:
            opened.add_assignment("tiny", duedate=DUE)
            opened.add_notebook("tiny", "tiny")
            for name, (kind, points) in CELLS.items():
                opened.add_grade_cell(name, "tiny", "tiny", max_score=points, cell_type=kind)
            for name in (*AUTOMATIC, "why"):
                opened.add_solution_cell(name, "tiny", "tiny")
        yield opened
        opened.db.commit()


def enter(
    opened: Gradebook,
    student: str,
    why: float | None = 3.5,
    *,
    late: float = 0.0,
    penalty: float | None = None,
    remark: str = "",
    **scores: float | None,
) -> None:
    """Enter a graded submission: full points but where `scores` says otherwise."""
    opened.add_student(student, first_name="Ada", last_name="Byron", email="ada@example.org")
    opened.add_submission("tiny", student, timestamp=DUE + dt.timedelta(seconds=late))
    for name, score in (AUTOMATIC | scores).items():
        grade = opened.find_grade(f"check-{name}", "tiny", "tiny", student)
        grade.auto_score, grade.needs_manual_grade = score, score is None
    written = opened.find_grade("why", "tiny", "tiny", student)
    written.manual_score, written.needs_manual_grade = why, why is None
    opened.find_comment("why", "tiny", "tiny", student).manual_comment = remark or None
    notebook = opened.find_submission_notebook("tiny", "tiny", student)
    notebook.late_submission_penalty = penalty


def result(student: str, status: str = "graded", **scores: float | None) -> Result:
    """Return the result of the same submission."""
    failed = made.check("c", "A claim.", "failed", "expected <7>, got 8", hint="Mind the sign.")
    whole = AUTOMATIC | scores
    questions = tuple(
        made.question(name, score, AUTOMATIC[name], [failed] if score != AUTOMATIC[name] else [])
        for name, score in whole.items()
    )
    total = None if status != "graded" else sum(score or 0.0 for score in whole.values())
    return Result(student, "tiny", status, total, 10.0, questions)  # type: ignore[arg-type]
