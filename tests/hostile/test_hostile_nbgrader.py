"""The worst attacks through `nbgrader autograde`, in one course with an honest student."""

from __future__ import annotations

import csv
import json

import pytest

from tests.courses import tiny
from tests.hostile import worst
from tests.hostile.attack import GOT_OUT
from tests.hostile.pages import live
from tests.integrations.test_nbgrader import nbgrader


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = tiny.write_course(tmp_path_factory.mktemp("hostile-nbgrader"))
    worst.hand_in(course)
    course.chmod(0o777)
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        nbgrader(course, command, "tiny")
    nbgrader(course, "export")
    return course


def test_the_gradebook_is_whole_and_each_has_only_what_it_earned(graded):
    with (graded / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    # The second question is graded with a stand-in for the first, and so earned by all of them.
    assert scores.pop("honest") == 10
    assert scores.keys() == worst.WORST.keys()
    assert set(scores.values()) <= {0, 4}


def test_nothing_got_out(graded):
    for path in graded.glob("autograded/*/tiny/tiny.ipynb"):
        assert GOT_OUT not in path.read_text(encoding="utf-8"), path


def test_no_page_has_anything_live_of_a_submissions(graded):
    for path in graded.glob("feedback/*/tiny/tiny.html"):
        page = path.read_text(encoding="utf-8")
        assert live(page) == [], path


def test_every_grade_cell_has_one_clean_number(graded):
    for path in graded.glob("autograded/*/tiny/tiny.ipynb"):
        for one in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if one["metadata"].get("nbgrader", {}).get("grade"):
                kinds = [output["output_type"] for output in one["outputs"]]
                assert kinds == ["execute_result", "display_data"]
