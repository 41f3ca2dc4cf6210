"""The worst attacks and an honest student, graded with `nbgrader autograde`."""

from __future__ import annotations

import csv
import json

import pytest

from autograder.authoring.attacks.trial import active_content
from tests.courses import tiny
from tests.hostile import worst
from tests.hostile.attack import GOT_OUT
from tests.hostile.test_foreign_rubric import MODULES, evil
from tests.integrations.test_nbgrader import nbgrader

pytestmark = pytest.mark.exhaustive

MARK = "ran-outside-the-sandbox"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = tiny.write_course(tmp_path_factory.mktemp("hostile-nbgrader"))
    worst.hand_in(course)
    names = [*MODULES, "conftest", "sitecustomize", "nbgrader_config", "jupyter_config", "nbgrader"]
    for folder in (
        course / "submitted",
        *course.glob("submitted/*"),
        *course.glob("submitted/*/tiny"),
    ):
        for name in names:
            (folder / f"{name}.py").write_text(evil(course / MARK))
    course.chmod(0o777)
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        nbgrader(course, command, "tiny")
    nbgrader(course, "export")
    return course


def test_the_gradebook_has_every_student_and_no_unearned_points(graded):
    with (graded / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    # The second question is graded with a stand-in for the first one, so every attack may earn it.
    assert scores.pop("honest") == 10
    assert scores.keys() == worst.WORST.keys()
    assert set(scores.values()) <= {0, 4}


def test_no_attack_succeeded(graded):
    for path in graded.glob("autograded/*/tiny/tiny.ipynb"):
        assert GOT_OUT not in path.read_text(encoding="utf-8"), path


def test_no_module_beside_a_submission_was_loaded(graded):
    assert not (graded / MARK).exists()


def test_no_feedback_page_would_run_a_submissions_script(graded):
    for path in graded.glob("feedback/*/tiny/tiny.html"):
        page = path.read_text(encoding="utf-8")
        assert active_content(page) == [], path


def test_every_grade_cell_has_one_score_and_one_display(graded):
    for path in graded.glob("autograded/*/tiny/tiny.ipynb"):
        for one in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if one["metadata"].get("nbgrader", {}).get("grade"):
                kinds = [output["output_type"] for output in one["outputs"]]
                assert kinds == ["execute_result", "display_data"]
