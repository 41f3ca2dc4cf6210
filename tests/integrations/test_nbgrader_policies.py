"""nbgrader around grading: late penalties, manual grades, results that are kept."""

from __future__ import annotations

import pytest
from nbgrader.api import Gradebook

from autograder.cli.main import main
from autograder.integrations.nbgrader.late_policy import LatePolicy
from tests.courses import tiny
from tests.integrations.test_nbgrader import nbgrader

RUBRIC = "rubric.toml"


@pytest.mark.parametrize(
    ("seconds", "percent"),
    [(0, 0), (599, 0), (601, 10), (86400 + 600, 10), (86400 + 601, 20), (99 * 86400, 50)],
)
def test_each_late_day_or_part_of_one_after_the_grace_costs_a_share(seconds, percent):
    policy = LatePolicy(percent_per_day=10.0, grace_minutes=10.0, at_most_percent=50.0)
    assert (policy.late_submission_penalty("ada", 8.0, seconds) or 0) == 8.0 * percent / 100


@pytest.fixture(scope="module")
def regraded(tmp_path_factory):
    """A regraded course: bob was a day and an hour late, ada got a manual grade and a comment."""
    course = tiny.write_course(tmp_path_factory.mktemp("policies"))
    with (course / RUBRIC).open("a") as file:
        file.write("\n[late]\npercent_per_day = 10\n[feedback]\nhints = false\n")
    for student in ("ada", "bob"):
        folder = course / "submitted" / student / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(tiny.answered(double=tiny.FORGETS))
    (course / "submitted/bob/tiny/timestamp.txt").write_text("2026-06-02 13:00:00 UTC")
    nbgrader(course, "generate_assignment", "tiny")
    nbgrader(course, "db", "assignment", "add", "tiny", "--duedate=2026-06-01 12:00:00 UTC")
    nbgrader(course, "autograde", "tiny")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("check-double", "tiny", "tiny", "ada")
        grade.manual_score, grade.extra_credit = 5.5, 1.0
        gradebook.find_comment("double", "tiny", "tiny", "ada").manual_comment = "Nearly!"
        gradebook.db.commit()
    rubric = course / RUBRIC
    text = rubric.read_text()
    first, second = text.split("points = 4", 1)  # of the sign; the other is of fourfold
    moved = f"{first.replace('points = 2', 'points = 4')}points = 2{second}"
    assert moved != text
    rubric.write_text(moved)
    nbgrader(course, "autograde", "tiny", "--force")
    return course


def test_a_manual_grade_and_comment_survive_a_regrade_that_changes_the_auto_score(regraded):
    with Gradebook(f"sqlite:///{regraded}/gradebook.db") as gradebook:
        ada = gradebook.find_grade("check-double", "tiny", "tiny", "ada")
        assert (ada.manual_score, ada.extra_credit, ada.auto_score) == (5.5, 1.0, 4.0)
        assert ada.needs_manual_grade  # formgrader asks to confirm the 5.5
        comment = gradebook.find_comment("double", "tiny", "tiny", "ada")
        assert comment.manual_comment == "Nearly!"
        assert gradebook.find_submission("tiny", "ada").score == 10.5


def test_the_rubric_keeps_hints_out_of_the_graded_notebooks(regraded):
    text = (regraded / "autograded/bob/tiny/tiny.ipynb").read_text()
    assert "double(-3.5): expected -7.0, got 7.0" in text
    assert "What is twice -3?" not in text


def test_the_late_policy_of_the_rubric_reaches_the_gradebook(regraded):
    with Gradebook(f"sqlite:///{regraded}/gradebook.db") as gradebook:
        bob, ada = (gradebook.find_submission("tiny", name) for name in ("bob", "ada"))
        assert bob.score == 8.0
        assert bob.late_submission_penalty == pytest.approx(1.6)  # one full day and a part
        assert not ada.late_submission_penalty


@pytest.mark.exhaustive
def test_valid_results_are_reused_and_stale_ones_are_not(tmp_path):
    course = tiny.write_course(tmp_path)
    for student, data in (("ada", tiny.answered()), ("bob", tiny.answered(double=tiny.FORGETS))):
        path = course / "submitted" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    rubric = str(course / RUBRIC)
    where = ["--results", str(course / "results"), "--rubric", rubric]
    assert main(["grade", str(course / "submitted"), *where]) == 0
    for name in ("ada", "bob"):  # a title that no check has
        path = course / "results" / f"{name}.json"
        path.write_text(path.read_text().replace("Four times", "Reused: four times"))
    (course / "submitted/bob/tiny/tiny.ipynb").write_bytes(tiny.answered())
    nbgrader(course, "generate_assignment", "tiny")
    nbgrader(course, "autograde", "tiny")
    graded = {
        name: (course / "autograded" / name / "tiny" / "tiny.ipynb").read_text()
        for name in ("ada", "bob")
    }
    assert "Reused: four times" in graded["ada"]
    assert "Reused" not in graded["bob"]
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        scores = [gradebook.find_submission("tiny", name).score for name in ("ada", "bob")]
    assert scores == [10.0, 10.0]
