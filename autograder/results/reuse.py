"""Find out which parts of an earlier result still hold, without importing torch.

The outcomes of a question hold while the submission, the versions, the question's checks and its
stand-ins are the same. Points may change: outcomes get the current points without running anything,
other than those of an answer that calls for a mend. Which mend is best depends on the points.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from autograder.assignment.model import Assignment, Question
from autograder.notebooks.submitted_file import Submitted, sha256_of
from autograder.results.model import QuestionResult, Result
from autograder.results.scoring import (
    current_digest,
    rescore_question,
    total,
    uniform_result,
)
from autograder.support.versions import same_grades, versions


def reusable_questions(
    earlier: Result | None,
    notebook: Submitted,
    assignment: Assignment,
    *,
    confine: bool,
    only: Collection[str] = (),
) -> dict[str, QuestionResult]:
    """Return the questions of an earlier result that still hold, by id, with the current points.

    Args:
        earlier: The earlier result, if there is one.
        notebook: What to grade now.
        assignment: By what to grade it.
        confine: Whether code must be confined; if so, results from unconfined code do not hold.
        only: The questions to grade again. All others are then reused, even if their checks have
            changed. By default a question is reused if its checks have not changed.
    """
    if earlier is None or not _matches(earlier, notebook) or (confine and not earlier.confinement):
        return {}
    by_id = {result.id: result for result in earlier.questions}
    same_rubric = earlier.rubric_sha256 == assignment.rubric_sha256
    reusable = {}
    for question in assignment.questions:
        result = by_id.get(question.id)
        if result is None or {check.id for check in result.checks} != {*question.check_ids}:
            continue
        if any(check.outcome == "grader_error" for check in result.checks):
            continue
        if not same_rubric and _calls_for_a_mend(question, result):
            continue
        same_checks = result.checks_sha256 == question.digest
        if (question.id not in only) if only else same_checks:
            reusable[question.id] = rescore_question(question, _with_costs(result, assignment))
    return reusable


def reuse_result(
    earlier: Result | None,
    reusable: Mapping[str, QuestionResult],
    notebook: Submitted,
    assignment: Assignment,
    *,
    retry_errors: bool = False,
) -> Result | None:
    """Return the earlier result with the current points, or None if anything must be graded.

    A grader error is kept as long as the submission, the checks and the versions are the same: what
    cost the grader half an hour once must not cost it again in each run.

    Args:
        earlier: The earlier result, if there is one.
        reusable: Its questions that still hold, from `reusable_questions`.
        notebook: What to grade now.
        assignment: By what to grade it.
        retry_errors: Whether a result with the status `grader_error` does not hold.
    """
    if earlier is None or not _matches(earlier, notebook):
        return None
    if earlier.status == "grader_error":
        same_checks = earlier.checks_sha256 == assignment.digest
        return earlier if same_checks and not retry_errors else None
    if earlier.status == "unreadable":
        return replace(
            uniform_result(notebook, earlier.student, assignment, "unreadable", earlier.message),
            repairs=earlier.repairs,
        )
    questions = [reusable[one.id] for one in assignment.questions if one.id in reusable]
    if len(questions) < len(assignment.questions):
        return None
    lost: set[str] = set()
    for question, result in zip(assignment.questions, questions, strict=True):
        if set(result.stand_ins) != lost & set(question.needs):
            return None  # the current points require other stand-ins
        if result.score != result.max_score:
            lost.add(question.answer)
    return replace(
        earlier,
        status="graded",
        message="",
        score=total(questions),
        max_score=assignment.max_score,
        questions=tuple(questions),
        checks_sha256=current_digest(assignment, questions),
        rubric=assignment.relative_rubric.as_posix(),
        rubric_sha256=assignment.rubric_sha256,
    )


def _calls_for_a_mend(question: Question, result: QuestionResult) -> bool:
    """Return whether the answer, as it was, failed a check that has a mend."""
    failed = {check.id for check in result.checks if check.failure}
    return any(mend.check in failed for mend in question.mends)


def _with_costs(result: QuestionResult, assignment: Assignment) -> QuestionResult:
    """Return the result with what another name costs now, the only reason for a deduction."""
    costs = assignment.misnamed_costs
    return replace(
        result, deductions=tuple(replace(one, points=costs) for one in result.deductions)
    )


def _matches(earlier: Result, notebook: Submitted) -> bool:
    same_bytes = earlier.sha256 == sha256_of(notebook)
    return same_bytes and same_grades(earlier.versions, versions())
