"""Turn outcomes into points, without importing torch or NumPy: reading results must be fast.

A criterion's points depend on the outcomes of its checks. Failures that are consequences of
another failure do not count; see `Consequence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.assignment.model import Assignment, Criterion, Question
from autograder.notebooks.submitted_file import Submitted, sha256_of
from autograder.results.artifacts import store
from autograder.results.model import (
    CheckResult,
    CriterionResult,
    Deduction,
    Outcome,
    QuestionResult,
    Result,
    Status,
)
from autograder.support.versions import versions

if TYPE_CHECKING:
    from checkkit.outcomes import CheckReport  # imports NumPy

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")  # differs from run to run


def uniform_result(
    notebook: Submitted, student: str, assignment: Assignment, status: Status, message: str
) -> Result:
    """Return the result of a submission of which nothing could be run: it has no score.

    Every check has the same outcome.

    Args:
        notebook: What was handed in.
        student: Name of the student.
        assignment: What was to be graded.
        status: `unreadable`, or `grader_error` if the grader failed.
        message: The reason, one sentence.
    """
    outcome: Outcome = "grader_error" if status == "grader_error" else "blocked"
    questions = tuple(
        replace(uniform_question(question, outcome, message), score=None)
        for question in assignment.questions
    )
    return Result(
        student=student,
        assignment=assignment.name,
        status=status,
        score=None,
        max_score=assignment.max_score,
        questions=questions,
        message=message,
        sha256=sha256_of(notebook),
        checks_sha256=assignment.digest,
        rubric=assignment.relative_rubric.as_posix(),
        rubric_sha256=assignment.rubric_sha256,
        versions=versions(),
    )


def uniform_question(question: Question, outcome: Outcome, message: str) -> QuestionResult:
    """Return a question's result with the same outcome for every check, and no points."""
    checks = {name: _unrun_check(question, name, outcome, message) for name in question.check_ids}
    return judge(question, checks)


def score_question(
    question: Question, reports: Iterable[CheckReport], notes: Sequence[str] = (), mend: str = ""
) -> QuestionResult:
    """Return a question's result from the reports of its checks.

    A check without a report did not run: a grader error. Reports that belong to no check, such as
    that of a check file that cannot be imported, say why.

    Args:
        question: The question.
        reports: The reports of its checks.
        notes: What is unusual, one sentence each.
        mend: What was mended in the answer, if anything.
    """
    reports = list(reports)
    by_id = {report.id: report for report in reports}
    reasons = [report.message for report in reports if report.id not in question.check_ids]
    reason = "; ".join(reasons) or "the check did not run"
    checks = {}
    for name in question.check_ids:
        report = by_id.get(name)
        if report is None:
            checks[name] = _unrun_check(question, name, "grader_error", reason)
            continue
        checks[name] = CheckResult(
            id=name,
            title=report.title,
            outcome=report.outcome,
            message=without_addresses(report.message),
            hint=report.hint,
            misconception=report.misconception,
            seconds=report.seconds,
            mend=mend,
            shown=store(report.artifacts),
        )
    return replace(judge(question, checks), notes=tuple(notes))


def judge(question: Question, checks: Mapping[str, CheckResult]) -> QuestionResult:
    """Return a question's result from the results of its checks, by id."""
    causes = dict(_consequences(question, checks))
    judged = {name: replace(check, because=causes.get(name, "")) for name, check in checks.items()}
    criteria = tuple(_judge_criterion(one, judged) for one in question.criteria)
    return with_score(QuestionResult(question.id, None, question.max_score, criteria))


def rescore_question(question: Question, result: QuestionResult) -> QuestionResult:
    """Return a question's result with the current points for the same outcomes."""
    judged = judge(question, {check.id: check for check in result.checks})
    return with_score(replace(result, criteria=judged.criteria, max_score=judged.max_score))


def with_score(result: QuestionResult, *deductions: Deduction) -> QuestionResult:
    """Return a question's result with further deductions, and the score that follows."""
    deductions = (*result.deductions, *deductions)
    return replace(result, deductions=deductions, score=_score(result.criteria, deductions))


def total(questions: Iterable[QuestionResult]) -> float | None:
    """Return the sum of the questions' scores; None if one has no score."""
    scores = [question.score for question in questions]
    return None if None in scores else sum(score for score in scores if score is not None)


def current_digest(assignment: Assignment, results: Iterable[QuestionResult]) -> str:
    """Return the assignment's digest if all questions were graded with their current checks."""
    digests = {question.id: question.digest for question in assignment.questions}
    current = all(result.checks_sha256 == digests[result.id] for result in results)
    return assignment.digest if current else ""


def without_addresses(message: str) -> str:
    """Return a message without memory addresses, which differ from run to run."""
    return _ADDRESS.sub("0x…", message)


def _consequences(
    question: Question, checks: Mapping[str, CheckResult]
) -> Iterator[tuple[str, str]]:
    """Yield the id of each failed check that is a consequence of another, and the other's id.

    Something is always lost: a cause is never a consequence, and a consequence never a cause.
    """
    causes: set[str] = set()
    consequences: set[str] = set()
    failed = {name for name, check in checks.items() if check.outcome != "passed"}
    for rule in question.consequences:
        cause = next((name for name in rule.of if name in failed - consequences), None)
        if cause is None or failed.intersection(rule.if_passed):
            continue
        found = failed.intersection(rule.checks) - causes - consequences - {*rule.of}
        if found:
            causes.add(cause)
            consequences |= found
            yield from ((name, cause) for name in sorted(found))


def _judge_criterion(criterion: Criterion, checks: Mapping[str, CheckResult]) -> CriterionResult:
    own = tuple(checks[name] for name in criterion.checks)
    against = {check.id for check in own if check.counts_against}
    score: float | None = criterion.points
    if any(check.outcome == "grader_error" for check in own):
        score = None
    elif against:
        levels = (one for one in criterion.partial if not against.intersection(one.passed))
        score = max((level.points for level in levels), default=0.0)
    return CriterionResult(criterion.id, criterion.title, score, criterion.points, own)


def _score(criteria: Iterable[CriterionResult], deductions: Iterable[Deduction]) -> float | None:
    earned = [criterion.score for criterion in criteria]
    if None in earned:
        return None
    less = sum(deduction.points for deduction in deductions)
    return max(0.0, sum(score for score in earned if score is not None) - less)


def _unrun_check(question: Question, check_id: str, outcome: Outcome, message: str) -> CheckResult:
    return CheckResult(
        id=check_id,
        title=question.titles.get(check_id, check_id),
        outcome=outcome,
        message=without_addresses(message),
    )
