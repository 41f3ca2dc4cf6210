"""Where the grader fails, nbgrader's gradebook has no score, and a person is asked for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nbgrader.api import Grade, Gradebook

from tests.courses import tiny
from tests.integrations.test_nbgrader import nbgrader

BROKEN = "got = no_such_name"


def grades(course) -> Iterator[tuple[str, Grade]]:
    """Yield the name of each grade cell of ada's, and its grade."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for grade in gradebook.find_submission_notebook("tiny", "tiny", "ada").grades:
            yield grade.name, grade


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The tiny course after a check of `double` broke on ada's right answers."""
    course = tiny.write_course(tmp_path_factory.mktemp("nbgrader"))
    path = course / "submitted/ada/tiny/tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny.answered())
    checks = course / "staff/check_double.py"
    checks.write_text(checks.read_text().replace("got = double(-3.5)", BROKEN))
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        nbgrader(course, command, "tiny")
    return course


def test_no_grade_of_the_submission_has_a_score_and_each_is_asked_for(course):
    found = {name: (one.auto_score, one.needs_manual_grade) for name, one in grades(course)}
    assert found == dict.fromkeys(("check-double", "check-fourfold"), (None, True))


def test_the_feedback_says_that_the_grader_failed_and_not_the_student(course):
    page = (course / "feedback/ada/tiny/tiny.html").read_text()
    assert "grader error, not your code; a person will grade this" in page
    # The sum, and for each question the contents and the heading; nbgrader writes 0.0 there.
    assert "(Score: – / 10.0)" in page
    for points in ("6.0", "4.0"):
        assert page.count(f"– / {points}") == 2
    assert "0.0 / " not in page


def test_after_the_check_is_mended_the_scores_are_there_and_nobody_is_asked(course):
    checks = course / "staff/check_double.py"
    checks.write_text(checks.read_text().replace(BROKEN, "got = double(-3.5)"))
    nbgrader(course, "autograde", "tiny", "--force")
    found = {name: (one.auto_score, one.needs_manual_grade) for name, one in grades(course)}
    assert found == {"check-double": (6.0, False), "check-fourfold": (4.0, False)}
