"""Points of criteria, levels, consequences and deductions."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment.model import Consequence, Criterion, Level, Question
from autograder.results.model import CheckResult, Deduction
from autograder.results.scoring import judge, rescore_question, total, with_score

CHECKS = tuple("abcdefgh")
NOT_PASSED = ("failed", "error", "timeout", "blocked")


def question(criteria, consequences=()) -> Question:
    return Question(
        id="q",
        notebook="q.ipynb",
        answer="q",
        needs=(),
        criteria=tuple(criteria),
        consequences=tuple(consequences),
        mends=(),
        titles=MappingProxyType({name: name for name in CHECKS}),
        check_files=(Path("check_q.py"),),
        visible_check_ids=frozenset(),
        stand_ins={},
        stubs=frozenset(),
        digest="",
    )


def results(asked: Question, **outcomes: str) -> dict[str, CheckResult]:
    return {name: CheckResult(name, name, outcomes.get(name, "passed")) for name in asked.check_ids}


TWO = question([Criterion("one", "", 6.0, ("a", "b", "c")), Criterion("two", "", 4.0, ("d", "e"))])


def test_a_criterion_is_met_if_all_of_its_checks_pass():
    judged = judge(TWO, results(TWO, d="failed"))
    assert [one.score for one in judged.criteria] == [6.0, 0.0]
    assert judged.score == 6.0


def test_a_level_gives_its_points_if_its_checks_pass():
    levels = (Level(4.0, ("a", "b")), Level(1.0, ("a",)))
    asked = question([Criterion("one", "", 6.0, ("a", "b", "c"), levels)])
    assert judge(asked, results(asked, c="failed")).score == 4.0
    assert judge(asked, results(asked, c="failed", b="failed")).score == 1.0
    assert judge(asked, results(asked, a="failed")).score == 0.0


def test_a_consequence_costs_nothing_where_the_evidence_shows_that_nothing_else_is_wrong():
    asked = question(TWO.criteria, [Consequence(("a",), ("d",), ("e",))])
    judged = judge(asked, results(asked, a="failed", d="failed"))
    assert [one.score for one in judged.criteria] == [0.0, 4.0]
    assert [check.because for check in judged.checks] == ["", "", "", "a", ""]
    without_evidence = judge(asked, results(asked, a="failed", d="failed", e="failed"))
    assert without_evidence.score == 0.0
    alone = judge(asked, results(asked, d="failed"))
    assert alone.score == 6.0


def test_a_consequence_is_no_cause_and_a_cause_no_consequence():
    rules = [Consequence(("a",), ("d",), ("e",)), Consequence(("d",), ("a",), ("e",))]
    asked = question(TWO.criteria, rules)
    judged = judge(asked, results(asked, a="failed", d="failed"))
    assert [one.score for one in judged.criteria] == [0.0, 4.0]


@pytest.mark.parametrize("check", ["a", "d"])
def test_a_question_with_a_grader_error_has_no_score(check):
    judged = judge(TWO, results(TWO, **{check: "grader_error"}, b="failed"))
    assert judged.score is None
    assert total([judged, judge(TWO, results(TWO))]) is None
    assert with_score(judged, Deduction(1.0, "why")).score is None


def test_deductions_are_taken_off_down_to_0():
    full = judge(TWO, results(TWO))
    assert with_score(full, Deduction(1.0, "why"), Deduction(2.0, "too")).score == 7.0
    assert with_score(full, Deduction(99.0, "why")).score == 0.0
    assert total([full, with_score(full, Deduction(1.0, "why"))]) == 19.0


def test_other_points_give_the_same_outcomes_another_score_and_keep_deductions():
    judged = with_score(judge(TWO, results(TWO, d="failed")), Deduction(1.0, "why"))
    other = question(
        [Criterion("one", "", 1.0, ("a", "d")), Criterion("x", "", 9.0, ("b", "c", "e"))]
    )
    again = rescore_question(other, judged)
    assert (again.score, again.max_score) == (8.0, 10.0)
    assert {check.id: check.outcome for check in again.checks}["d"] == "failed"


def subsets(least: int = 0):
    return st.lists(st.sampled_from(CHECKS), min_size=least, max_size=4, unique=True).map(tuple)


@st.composite
def judged_questions(draw):
    """Return a question with any rules, and any outcomes of its checks."""
    cuts = sorted(draw(st.lists(st.integers(1, 7), min_size=1, max_size=3, unique=True)))
    parts = [CHECKS[i:j] for i, j in zip([0, *cuts], [*cuts, 8], strict=True)]
    criteria = []
    for number, part in enumerate(parts):
        levels = [Level(1.0, part[:1])] if draw(st.booleans()) and len(part) > 1 else []
        criteria.append(Criterion(f"c{number}", "", 2.0 + number, part, tuple(levels)))
    rules = draw(st.lists(st.builds(Consequence, subsets(1), subsets(1), subsets(1)), max_size=6))
    asked = question(criteria, rules)
    outcomes = {name: draw(st.sampled_from(("passed", *NOT_PASSED))) for name in CHECKS}
    return asked, outcomes


@given(judged_questions())
def test_a_question_has_full_points_exactly_if_every_check_passed(case):
    asked, outcomes = case
    judged = judge(asked, results(asked, **outcomes))
    assert 0 <= judged.score <= judged.max_score
    all_passed = {*outcomes.values()} == {"passed"}
    assert (judged.score == judged.max_score) == all_passed


@given(judged_questions())
def test_each_consequence_has_a_cause_that_costs_points(case):
    asked, outcomes = case
    judged = judge(asked, results(asked, **outcomes))
    by_id = {check.id: check for check in judged.checks}
    for check in judged.checks:
        if check.because:
            assert check.outcome != "passed"
            assert by_id[check.because].counts_against
    for criterion in judged.criteria:
        lost = any(check.counts_against for check in criterion.checks)
        assert (criterion.score < criterion.max_score) == lost
