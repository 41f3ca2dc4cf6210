"""The rest of an answer is judged with its one mistake mended, or under the name that it has."""

from __future__ import annotations

import pytest

from autograder.assignment.rubric import load
from autograder.grading.grade import grade
from autograder.runners.sandbox_startup import open_sandbox
from tests.courses import tiny

MENDS = '''"""Mends."""

def by_value(double):
    """A list came: its first number was taken."""
    return lambda x: double(x)[0]

def by_sign(double):
    """The sign was lost: it was put back."""
    return lambda x: double(x) if x >= 0 else -double(x)

def that_raises(double):
    """It cannot be mended."""
    raise RuntimeError("no")

def cheating(double):
    """Never used: it does not repair what called for it."""
    return lambda x: 2 * x if x < 0 else 0
'''
RULES = """
[[question.mend]]
check = "doubles_two"
use = "that_raises"

[[question.mend]]
check = "doubles_two"
use = "cheating"

[[question.mend]]
check = "doubles_two"
use = "by_value"

[[question.mend]]
check = "keeps_the_sign_of_what_it_gets"
use = "by_sign"

"""
LIST = "def double(x):\n    return [2 * x]\n"
LIST_WITHOUT_SIGN = "def double(x):\n    return [2 * abs(x)]\n"


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    """Yield a function that grades a tiny submission in a course with mends."""
    root = tiny.write_course(tmp_path_factory.mktemp("mends"))
    (root / "staff/double").mkdir()
    (root / "staff/double/mends.py").write_text(MENDS)
    text = (root / "rubric.toml").read_text()
    text = "misnamed_costs = 1.5\n" + text
    place = '[[question]]\nid = "fourfold"'
    (root / "rubric.toml").write_text(text.replace(place, RULES + place))
    assignment = load(root / "rubric.toml")
    with open_sandbox(assignment) as sandbox:
        yield lambda **answers: grade(tiny.answered(**answers), "ada", assignment, sandbox)


def points(result, question="double"):
    found = result.question(question)
    return found.score, [criterion.score for criterion in found.criteria]


def test_other_criteria_are_judged_with_the_mend_and_its_own_stays_lost(mended):
    result = mended(double=LIST)
    assert points(result) == (4.0, [0.0, 4.0])
    first, second = result.question("double").checks
    assert (first.outcome, first.mend) == ("failed", "")
    assert (second.outcome, second.mend) == ("passed", "A list came: its first number was taken.")
    assert second.unmended_outcome == "failed"
    assert "-7.0" in second.unmended_message


def test_a_mistake_besides_the_mended_one_costs_its_points(mended):
    assert points(mended(double=LIST_WITHOUT_SIGN)) == (0.0, [0.0, 0.0])


def test_a_mend_that_gains_nothing_leaves_no_trace(mended):
    result = mended(double=tiny.FORGETS)
    assert points(result) == (2.0, [2.0, 0.0])
    assert {check.mend for check in result.question("double").checks} == {""}
    assert result.question("double").checks[1].misconception == "forgets-the-sign"


def test_a_right_answer_is_not_mended(mended):
    result = mended()
    assert result.score == result.max_score
    assert {check.mend for one in result.questions for check in one.checks} == {""}


def test_a_question_that_needs_a_mended_answer_gets_a_stand_in(mended):
    result = mended(double=LIST)
    assert result.question("fourfold").stand_ins == ("double",)
    assert points(result, "fourfold")[0] == 4.0


@pytest.mark.parametrize("name", ["dubble", "Double", "_double", "double_", "do_uble", "twice"])
def test_an_answer_of_another_name_is_graded_and_costs_a_little(mended, name):
    result = mended(double=f"def {name}(x):\n    return 2 * x\n")
    assert points(result) == (4.5, [2.0, 4.0])
    (deduction,) = result.question("double").deductions
    assert deduction.points == 1.5
    assert deduction.reason == f"It must be called `double`; `{name}` was graded in its place."


def test_an_answer_of_another_name_is_mended_too(mended):
    assert points(mended(double=LIST.replace("double", "dubble"))) == (2.5, [0.0, 4.0])


@pytest.mark.parametrize(
    "source",
    [
        "def twice(x):\n    return 2 * x\ndef thrice(x):\n    return 3 * x\n",
        "def dubble(x):\n    return 2 * x\ndef doubble(x):\n    return 3 * x\n",
        "class Twice:\n    pass\n",
        "x = 3\n",
        "def twice(x):\n    return 2 *\n",
    ],
)
def test_without_one_clear_candidate_the_answer_is_missing(mended, source):
    result = mended(double=source)
    assert points(result) == (0.0, [0.0, 0.0])
    assert result.question("double").deductions == ()
    assert result.question("double").checks[0].outcome == "blocked"


def test_a_grader_error_on_an_answer_of_another_name_gives_no_score(tmp_path):
    root = tiny.write_course(tmp_path)
    checks = root / "staff/check_double.py"
    checks.write_text(checks.read_text().replace("got = double(-3.5)", "got = no_such_name"))
    assignment = load(root / "rubric.toml")
    with open_sandbox(assignment) as sandbox:
        misnamed = tiny.answered(double=tiny.DOUBLE.replace("double", "dubble"))
        result = grade(misnamed, "ada", assignment, sandbox)
    assert (result.status, result.score) == ("grader_error", None)
    assert "no_such_name" in result.message


def test_a_helper_beside_an_answer_that_failed_earns_nothing(mended):
    source = "def helper(x):\n    return 'no number'\ndouble = helper.missing\n"
    result = mended(double=source)
    assert points(result) == (0.0, [0.0, 0.0])
    assert result.question("double").deductions == ()
    assert "its cell failed" in result.question("double").checks[0].message


def test_an_answer_of_the_right_name_is_never_replaced(mended):
    source = "def dubble(x):\n    return 2 * x\ndef double(x):\n    return 3 * x\n"
    assert points(mended(double=source)) == (0.0, [0.0, 0.0])


def test_a_stub_is_not_an_answer_of_another_name(mended):
    result = mended(double="def double(x):\n    raise NotImplementedError\n")
    assert points(result) == (0.0, [0.0, 0.0])
