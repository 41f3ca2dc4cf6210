"""Rubric files: what `load` makes of them, and the errors that it reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment.model import RubricError
from autograder.assignment.rubric import find_rubric, load
from tests.courses import tiny

RUBRIC = Path("rubric.toml")


def test_the_rubric_is_found_from_a_folder_inside_the_course(course, monkeypatch):
    monkeypatch.chdir(course / "source" / "tiny")
    assert find_rubric() == course / RUBRIC


def test_outside_of_every_course_the_rubric_is_that_of_the_checkout(tmp_path):
    assert find_rubric(tmp_path).parent == Path(__file__).resolve().parents[2]


def test_a_question_has_points_titles_and_check_files(assignment):
    assert assignment.name == "tiny"
    assert assignment.max_score == 10
    double, fourfold = assignment.questions
    assert list(double.points) == ["doubles_two", "keeps_the_sign_of_what_it_gets"]
    assert double.titles["doubles_two"] == "Twice two is four."
    assert fourfold.needs == ("double",)
    assert [path.parent.name for path in double.check_files] == ["checks", "staff"]


def test_a_question_has_a_stand_in_with_imports_for_each_answer_that_it_needs(assignment):
    double, fourfold = assignment.questions
    assert double.stand_ins == {}
    assert fourfold.stand_ins["double"].startswith("import math\n")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('assignment = "tiny"', "assignment = 3", "'assignment' must be a text"),
        ('assignment = "tiny"', 'assignment = "tiny"\nnote = 1', "unknown key 'note'"),
        ('solutions = "solutions"', 'solutions = "nowhere"', "nowhere is missing"),
        ('notebook = "tiny.ipynb"', 'notebook = "x.ipynb"', "x.ipynb is in no folder"),
        ("stand_ins.py", "nothing.py", "nothing.py is missing"),
        ("doubles_two = 2", "doubles_two = 3", "add up to 7, its grade cell in tiny.ipynb has 6"),
        ("doubles_two = 2", "doubles_two = -2", "must be a number, 0 or more"),
        ("doubles_two = 2", "", "the check 'doubles_two' has no points"),
        ("doubles_two = 2", "doubles_two = 2\nis_red = 0", "points for 'is_red', but no"),
        ('needs = ["double"]', 'needs = ["triple"]', "needs 'triple'"),
        ('needs = ["double"]', 'neads = ["double"]', "unknown key 'neads'"),
        ('id = "fourfold"', 'id = "fivefold"', "no cell with this grade_id"),
        ('id = "fourfold"', 'id = "double"', "is defined 2 times"),
        ('id = "fourfold"', "id = 4", "'id' must be a Python name"),
        ("[[question]]", "[question", "cannot be read as TOML"),
    ],
)
def test_each_error_in_a_rubric_is_reported(tmp_path, old, new, words):
    root = tiny.write_course(tmp_path)
    text = (root / RUBRIC).read_text()
    assert old in text
    (root / RUBRIC).write_text(text.replace(old, new))
    with pytest.raises(RubricError) as caught:
        load(root / RUBRIC)
    assert words in str(caught.value)


def test_all_errors_are_reported_at_once(tmp_path):
    root = tiny.write_course(tmp_path)
    text = (root / RUBRIC).read_text()
    (root / RUBRIC).write_text(text.replace("two = 2", "two = 5").replace("much = 4", "much = 9"))
    with pytest.raises(RubricError) as caught:
        load(root / RUBRIC)
    assert len(str(caught.value).splitlines()) == 2


def test_an_id_that_is_the_prefix_of_another_is_refused(tmp_path):
    root = tiny.write_course(tmp_path)
    text = (root / RUBRIC).read_text()
    (root / RUBRIC).write_text(text.replace('id = "fourfold"', 'id = "double_twice"'))
    with pytest.raises(
        RubricError, match=r"'double': check_double_twice\.py could belong to it or"
    ):
        load(root / RUBRIC)


def test_a_check_in_two_files_of_a_question_is_refused(tmp_path):
    root = tiny.write_course(tmp_path)
    with (root / "staff/check_double.py").open("a") as file:
        file.write("\n\ndef check_doubles_two(double):\n    pass\n")
    with pytest.raises(RubricError, match="is in 2 files"):
        load(root / RUBRIC)


def test_the_rubric_of_this_course_has_no_errors():
    assert load().max_score == 100


def test_a_stand_ins_file_that_is_not_python_is_reported(tmp_path):
    root = tiny.write_course(tmp_path)
    (root / "staff/stand_ins.py").write_text("def double(:")
    with pytest.raises(RubricError, match=r"stand_ins\.py: not valid Python"):
        load(root / RUBRIC)
