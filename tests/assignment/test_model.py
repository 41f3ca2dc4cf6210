"""Rubric files: read once, and every slip in them said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment.model import find_rubric, load
from autograder.assignment.rubric_validation import RubricError
from tests.courses import tiny

RUBRIC = Path("rubric.toml")


def test_the_course_is_found_from_a_folder_inside_it(course, monkeypatch):
    monkeypatch.chdir(course / "source" / "tiny")
    assert find_rubric() == course / RUBRIC


def test_outside_every_course_it_is_the_one_that_the_package_comes_with(tmp_path):
    assert find_rubric(tmp_path).parent == Path(__file__).resolve().parents[2]


def test_a_rubric_is_read_into_questions_with_points_and_titles(assignment):
    assert assignment.name == "tiny"
    assert assignment.max_score == 10
    double, fourfold = assignment.questions
    assert list(double.points) == ["doubles_two", "keeps_the_sign_of_what_it_gets"]
    assert double.titles["doubles_two"] == "Twice two is four."
    assert fourfold.needs == ("double",)
    assert [path.parent.name for path in assignment.check_files(double)] == ["checks", "staff"]


def test_a_stand_in_comes_with_its_imports(assignment):
    assert assignment.stand_in("double").startswith("import math\n")


def test_the_digest_changes_with_a_check(tmp_path):
    root = tiny.write_course(tmp_path)
    before = load(root / RUBRIC).digest
    with (root / "staff/check_double.py").open("a") as file:
        file.write("# stricter\n")
    assert load(root / RUBRIC).digest != before


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
        ('id = "fourfold"', 'id = "double"', "is there 2 times"),
        ('id = "fourfold"', "id = 4", "'id' must be a Python name"),
        ("[[question]]", "[question", "cannot be read as TOML"),
    ],
)
def test_each_slip_in_a_rubric_is_said_in_words(tmp_path, old, new, words):
    root = tiny.write_course(tmp_path)
    text = (root / RUBRIC).read_text()
    assert old in text
    (root / RUBRIC).write_text(text.replace(old, new))
    with pytest.raises(RubricError) as caught:
        load(root / RUBRIC)
    assert words in str(caught.value)


def test_all_slips_are_said_at_once(tmp_path):
    root = tiny.write_course(tmp_path)
    text = (root / RUBRIC).read_text()
    (root / RUBRIC).write_text(text.replace("two = 2", "two = 5").replace("much = 4", "much = 9"))
    with pytest.raises(RubricError) as caught:
        load(root / RUBRIC)
    assert len(str(caught.value).splitlines()) == 2


def test_the_checks_of_a_question_may_be_in_several_files(tmp_path):
    root = tiny.write_course(tmp_path)
    before = load(root / RUBRIC)
    text = (root / RUBRIC).read_text()
    (root / RUBRIC).write_text(text.replace("it_gets = 4", "it_gets = 3\nis_even = 1"))
    part = root / "staff/check_double_more.py"
    part.write_text('def check_is_even(double):\n    """Even."""\n    assert double(3) % 2 == 0\n')
    after = load(root / RUBRIC)
    double, fourfold = after.questions
    assert double.titles["is_even"] == "Even."
    assert after.check_files(double)[-1] == part
    kept, changed = (
        [before.question_digest(old) == after.question_digest(new)]
        for old, new in ((before.questions[1], fourfold), (before.questions[0], double))
    )
    assert (kept, changed) == ([True], [False])


def test_an_id_that_begins_another_is_a_slip_as_their_files_cannot_be_told_apart(tmp_path):
    root = tiny.write_course(tmp_path)
    text = (root / RUBRIC).read_text()
    (root / RUBRIC).write_text(text.replace('id = "fourfold"', 'id = "double_twice"'))
    with pytest.raises(RubricError, match=r"'double': check_double_twice\.py could be a part"):
        load(root / RUBRIC)


def test_a_check_in_both_files_of_a_question_is_a_slip(tmp_path):
    root = tiny.write_course(tmp_path)
    with (root / "staff/check_double.py").open("a") as file:
        file.write("\n\ndef check_doubles_two(double):\n    pass\n")
    with pytest.raises(RubricError, match="is in 2 of its files"):
        load(root / RUBRIC)


def test_the_rubric_of_this_course_has_no_slip():
    assert load().max_score == 100
