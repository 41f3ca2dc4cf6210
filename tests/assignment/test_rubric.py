"""Rubric files: what `load` makes of them, and the errors that it reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment.model import Criterion, RubricError
from autograder.assignment.rubric import find_rubric, load
from tests.courses import tiny

RUBRIC = Path("rubric.toml")
SIGN = "keeps_the_sign_of_what_it_gets"
TWO = """[[question.criterion]]
id = "two"
title = "doubles two"
points = 2
checks = ["doubles_two"]
"""
PLACE = 'checks = ["doubles_two"]'  # followed by a level
LEVEL = 'checks = ["doubles_two"]\npartial = [{{ points = {}, passed = ["{}"] }}]'
CONSEQUENCES = f'checks = ["{SIGN}"]\n'  # followed by a section of the question
RULE_HEAD = CONSEQUENCES + "[[question.consequence]]\n"
RULE = RULE_HEAD + 'of = ["{}"]\nchecks = ["doubles_two"]\nif_passed = ["doubles_two"]\n'
NONE = "is_quick"
WITHOUT_POINTS = f"""{CONSEQUENCES}[[question.criterion]]
id = "quick"
title = "is quick"
points = 0
checks = ["{NONE}"]
[[question.{{}}]]
{{}}
"""
NEEDS = 'needs = ["double"]'
MEND = CONSEQUENCES + '[[question.mend]]\ncheck = "{}"\nuse = "nothing"\n'


def test_the_rubric_is_found_from_a_folder_inside_the_course(course, monkeypatch):
    monkeypatch.chdir(course / "source" / "tiny")
    assert find_rubric() == course / RUBRIC


def test_outside_of_every_course_the_rubric_is_that_of_the_checkout(tmp_path):
    assert find_rubric(tmp_path).parent == Path(__file__).resolve().parents[2]


def test_a_question_has_criteria_titles_and_check_files(assignment):
    assert assignment.name == "tiny"
    assert assignment.max_score == 10
    double, fourfold = assignment.questions
    assert double.check_ids == ("doubles_two", "keeps_the_sign_of_what_it_gets")
    assert double.criteria[1] == Criterion(
        "sign", "doubles negative numbers", 4.0, ("keeps_the_sign_of_what_it_gets",)
    )
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
        ("points = 2", "points = 3", "add up to 7, its grade cell in tiny.ipynb has 6"),
        ("points = 2", "points = -2", "criterion 'two': points must be a number, 0 or more"),
        ('id = "two"', 'id = "sign"', "criterion 'sign' is defined 2 times"),
        ('title = "doubles two"', 'title = ""', "criterion 'two': 'title' must be a text"),
        (TWO, "", "the check 'doubles_two' belongs to no criterion"),
        ('["doubles_two"]', "[]", "criterion 'two': 'checks' must be a list of ids of checks"),
        ('["doubles_two"]', '["doubles_two", "is_red"]', "no check_double.py defines check_is_red"),
        ('["doubles_two"]', f'["doubles_two", "{SIGN}"]', "belongs to 2 criteria"),
        ('["doubles_two"]', '["doubles_two"]\nweight = 2', "criterion 'two': unknown key 'weight'"),
        (PLACE, LEVEL.format(2, "doubles_two"), "level of criterion 'two' gives all points"),
        (PLACE, LEVEL.format(1, SIGN), "of another criterion"),
        (PLACE, "partial = [{ share = 1 }]", "each level of 'partial' has 'points' and 'passed'"),
        (CONSEQUENCES, RULE.format("is_red"), "a consequence names the check 'is_red'"),
        (
            CONSEQUENCES,
            WITHOUT_POINTS.format(
                "consequence", f'of = ["{NONE}"]\nchecks = ["{SIGN}"]\nif_passed = ["{SIGN}"]'
            ),
            f"a consequence is of the check {NONE!r}, whose criterion gives no points",
        ),
        (
            CONSEQUENCES,
            WITHOUT_POINTS.format("mend", f'check = "{NONE}"\nuse = "nothing"'),
            f"a mend is of the check {NONE!r}, whose criterion gives no points",
        ),
        (
            CONSEQUENCES,
            CONSEQUENCES + "[[question.consequence]]\nof = 3\n",
            "'of' must be a list of ids of checks",
        ),
        (NEEDS, NEEDS + "\nconsequence = 4", "'consequence' must be sections"),
        (CONSEQUENCES, MEND.format("is_red"), "a mend names the check 'is_red'"),
        (
            CONSEQUENCES,
            MEND.format(SIGN),
            "a mend uses 'nothing', which double/mends.py",
        ),
        (
            'assignment = "tiny"',
            'assignment = "tiny"\nmisnamed_costs = -1',
            "'misnamed_costs'",
        ),
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
    (root / RUBRIC).write_text(
        text.replace("points = 2", "points = 5").replace("points = 4", "points = 9")
    )
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
    assert load().max_score == 120


def test_a_stand_ins_file_that_is_not_python_is_reported(tmp_path):
    root = tiny.write_course(tmp_path)
    (root / "staff/stand_ins.py").write_text("def double(:")
    with pytest.raises(RubricError, match=r"stand_ins\.py: not valid Python"):
        load(root / RUBRIC)
