"""Of several mends, the one that wins most points is used, and some points stay lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment.model import Consequence, Criterion, Mend
from autograder.grading.mends import with_mends
from autograder.results.model import CheckResult
from autograder.results.scoring import judge
from tests.results.test_scoring import CHECKS, NOT_PASSED, judged_questions, question

CRITERIA = (
    Criterion("form", "", 2.0, ("a", "b")),
    Criterion("small", "", 3.0, ("c", "d")),
    Criterion("large", "", 5.0, ("e", "f", "g", "h")),
)
ONE = Mend("a", "one", "Mended one thing.", "")
OTHER = Mend("b", "other", "Mended another thing.", "")


def result_of(asked, failed=(), outcome="failed", mend=""):
    """Return the result of an answer that fails some checks."""
    checks = {
        name: CheckResult(name, name, outcome if name in failed else "passed", mend=mend)
        for name in asked.check_ids
    }
    return judge(asked, checks)


def mended(failed_with, mends=(ONE, OTHER), failed=CHECKS, **how):
    """Return the result of an answer that fails these checks, and other checks with each mend."""
    asked = replace(question(CRITERIA), mends=mends)
    tried = []

    def regrade(mend):
        tried.append(mend.use)
        if failed_with[mend.use] is None:
            return None
        return result_of(asked, failed_with[mend.use], mend=mend.title)

    return with_mends(asked, result_of(asked, failed, **how), regrade), tried


def used(result):
    return {check.mend for check in result.checks} - {""}


@pytest.mark.parametrize("mends", [(ONE, OTHER), (OTHER, ONE)])
def test_the_mend_with_the_most_points_is_used_whatever_the_order(mends):
    result, tried = mended({"one": "bef", "other": "acd"}, mends)
    assert tried == [mend.use for mend in mends]
    assert used(result) == {"Mended another thing."}
    assert [criterion.score for criterion in result.criteria] == [0.0, 0.0, 5.0]


def test_of_two_mends_with_the_same_points_the_first_is_used():
    result, _ = mended({"one": "bcd", "other": "acd"})
    assert used(result) == {"Mended one thing."}


def test_a_mend_that_does_not_repair_its_check_is_not_used():
    result, _ = mended({"one": "a", "other": "bcd"})
    assert result.score == 0.0
    assert used(result) == set()


def test_only_mends_of_failed_checks_are_tried():
    result, tried = mended({"one": "", "other": ""}, failed="bcd")
    assert tried == ["other"]
    assert result.score == 8.0


@pytest.mark.parametrize(
    ("failed", "outcome"),
    [(CHECKS, "blocked"), ("ah", "timeout"), ("ah", "grader_error"), ("", "failed")],
)
def test_no_mend_is_tried_where_there_is_nothing_to_mend_or_no_time_or_no_verdict(failed, outcome):
    result, tried = mended({"one": "", "other": ""}, failed=failed, outcome=outcome)
    assert tried == []
    assert used(result) == set()


def test_without_time_left_the_best_mend_so_far_is_used():
    third = Mend("a", "third", "Mended all.", "")
    result, tried = mended({"one": "bef", "other": None, "third": ""}, (ONE, OTHER, third))
    assert tried == ["one", "other"]
    assert result.score == 3.0


def test_the_name_of_a_mistake_moves_to_the_check_that_called_for_the_mend():
    asked = replace(question(CRITERIA), mends=(ONE,))
    before = result_of(asked, CHECKS)
    before = before.with_checks(
        replace(check, misconception="a-mistake", hint="Mind it.") if check.id == "h" else check
        for check in before.checks
    )
    found = with_mends(asked, before, lambda mend: result_of(asked, mend=mend.title))
    named = [(check.id, check.hint) for check in found.checks if check.misconception]
    assert named == [("a", "Mind it.")]


def test_a_mend_wins_nothing_by_a_failure_that_it_brings_about():
    """The failure of the mended answer must not excuse the one that called for the mend."""
    rules = (Consequence(("c",), ("a",), ("h",)),)
    asked = replace(question(CRITERIA, rules), mends=(ONE,))
    criteria = (replace(CRITERIA[0], points=9.0), *CRITERIA[1:])
    asked = replace(asked, criteria=criteria)
    before = result_of(asked, "a")
    assert [criterion.score for criterion in before.criteria] == [0.0, 3.0, 5.0]
    assert with_mends(asked, before, lambda mend: result_of(asked, "c", mend=mend.title)) == before


@given(judged_questions(), st.data())
def test_a_mended_answer_never_loses_by_it_and_never_gets_full_points(case, data):
    asked, outcomes = case
    mends = data.draw(st.lists(st.sampled_from(CHECKS), min_size=1, max_size=3))
    asked = replace(asked, mends=tuple(Mend(name, f"mend_{name}", "Mended.", "") for name in mends))
    checks = {name: CheckResult(name, name, outcomes[name]) for name in CHECKS}
    before = judge(asked, checks)

    def regrade(mend):
        kinds = st.sampled_from(("passed", *NOT_PASSED))
        return judge(
            asked, {name: CheckResult(name, name, data.draw(kinds), mend="!") for name in CHECKS}
        )

    after = with_mends(asked, before, regrade)
    assert before.score <= after.score <= after.max_score
    assert (after.score == after.max_score) == ({*outcomes.values()} == {"passed"})
    for old, new in zip(before.criteria, after.criteria, strict=True):
        if used(after) and not any(check.mend for check in new.checks):
            assert new.score <= old.score
