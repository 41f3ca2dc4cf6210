"""What is reused of an earlier result has the score that a new grading would give."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from autograder.assignment.model import Mend
from autograder.results.model import CheckResult, Deduction, Result
from autograder.results.reuse import reusable_questions, reuse_result
from autograder.results.scoring import judge, with_score
from autograder.support.versions import versions

NOTEBOOK = b"{}"


def earlier_of(assignment, *, deductions=(), **changed) -> Result:
    """Return a result in which checks passed, other than those with a changed outcome or field."""
    questions = []
    for question in assignment.questions:
        checks = {name: CheckResult(name, name, "passed") for name in question.check_ids}
        for name in changed.keys() & checks.keys():
            checks[name] = replace(checks[name], **changed[name])
        judged = replace(judge(question, checks), checks_sha256=question.digest)
        questions.append(with_score(judged, *(deductions if question.id == "double" else ())))
    return Result(
        student="ada",
        assignment=assignment.name,
        status="graded",
        score=sum(question.score for question in questions),
        max_score=assignment.max_score,
        questions=tuple(questions),
        sha256=hashlib.sha256(NOTEBOOK).hexdigest(),
        rubric_sha256=assignment.rubric_sha256,
        versions=versions(),
    )


def reused(earlier: Result, assignment):
    """Return what still holds of a result, by question, and the whole result if all does."""
    kept = reusable_questions(earlier, NOTEBOOK, assignment, confine=False)
    return kept, reuse_result(earlier, kept, NOTEBOOK, assignment)


def with_mend(assignment):
    """Return the assignment with a mend for its first check."""
    mend = Mend("doubles_two", "by_value", "A list came: its first number was taken.", "")
    first, *others = assignment.questions
    return replace(assignment, questions=(replace(first, mends=(mend,)), *others))


def test_an_answer_of_another_name_loses_what_that_costs_now(assignment):
    now = replace(assignment, misnamed_costs=2.5)
    earlier = earlier_of(assignment, deductions=(Deduction(1.0, "Its name."),))
    kept, _ = reused(earlier, now)
    assert kept["double"].deductions == (Deduction(2.5, "Its name."),)
    assert kept["double"].score == 3.5


@pytest.mark.parametrize(
    "failure",
    [{"outcome": "failed"}, {"mend": "Something.", "unmended_outcome": "failed"}],
    ids=["as it was", "with another mend"],
)
def test_which_mend_is_best_is_found_again_after_a_change_of_the_rubric(assignment, failure):
    course = with_mend(assignment)
    earlier = earlier_of(course, doubles_two=failure)
    assert set(reused(earlier, course)[0]) == {"double", "fourfold"}
    kept, whole = reused(earlier, replace(course, rubric_sha256="another"))
    assert set(kept) == {"fourfold"}
    assert whole is None


@pytest.mark.parametrize("check", ["keeps_the_sign_of_what_it_gets", "is_four_times_as_much"])
def test_a_failure_that_calls_for_no_mend_is_kept_after_a_change_of_the_rubric(assignment, check):
    course = with_mend(assignment)
    earlier = earlier_of(course, **{check: {"outcome": "failed"}})
    kept, _ = reused(earlier, replace(course, rubric_sha256="another"))
    assert set(kept) == {"double", "fourfold"}


def test_a_question_with_a_grader_error_is_not_reused(assignment):
    earlier = earlier_of(assignment)
    checks = {
        check.id: replace(check, outcome="grader_error") for check in earlier.questions[1].checks
    }
    broken = replace(
        judge(assignment.questions[1], checks), checks_sha256=assignment.questions[1].digest
    )
    assert broken.score is None
    kept, whole = reused(replace(earlier, questions=(earlier.questions[0], broken)), assignment)
    assert set(kept) == {"double"}
    assert whole is None
