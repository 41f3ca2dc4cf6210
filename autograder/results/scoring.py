"""Turn outcomes into points, without importing torch or NumPy: reading results must be fast."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.assignment.model import Assignment, Question
from autograder.results.artifacts import store
from autograder.results.model import CheckResult, Outcome, QuestionResult, Result, Status
from autograder.support.versions import versions

if TYPE_CHECKING:
    from checkkit.outcomes import CheckReport  # imports NumPy

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")  # differs from run to run


def uniform_result(
    notebook: bytes, student: str, assignment: Assignment, status: Status, message: str
) -> Result:
    """Return the result of a submission of which nothing could be run.

    The score is 0, so that a person looks at it. Every check has the same outcome.

    Args:
        notebook: The submitted bytes.
        student: Name of the student.
        assignment: What was to be graded.
        status: `unreadable`, or `grader_error` if the grader failed.
        message: The reason, one sentence.
    """
    outcome: Outcome = "grader_error" if status == "grader_error" else "blocked"
    questions = tuple(
        uniform_question(question, outcome, message) for question in assignment.questions
    )
    return Result(
        student=student,
        assignment=assignment.name,
        status=status,
        score=0.0,
        max_score=assignment.max_score,
        questions=questions,
        message=message,
        sha256=hashlib.sha256(notebook).hexdigest(),
        checks_sha256=assignment.digest,
        rubric=assignment.relative_rubric.as_posix(),
        rubric_sha256=assignment.rubric_sha256,
        versions=versions(),
    )


def uniform_question(question: Question, outcome: Outcome, message: str) -> QuestionResult:
    """Return a question's result with the same outcome for every check, and no points."""
    checks = [
        _unrun_check(question, check_id, outcome, message, 0.0) for check_id in question.points
    ]
    return _question_result(question, checks)


def score_question(
    question: Question, reports: Iterable[CheckReport], notes: Sequence[str] = ()
) -> QuestionResult:
    """Return a question's result from the reports of its checks.

    A check without a report did not run: a grader error, which costs no points. The reports without
    points, such as that of a check file that cannot be imported, say why.
    """
    reports = list(reports)
    by_id = {report.id: report for report in reports}
    reasons = [report.message for report in reports if report.id not in question.points]
    reason = "; ".join(reasons) or "the check did not run"
    checks = []
    for check_id, points in question.points.items():
        report = by_id.get(check_id)
        if report is None:
            checks.append(_unrun_check(question, check_id, "grader_error", reason, points))
            continue
        checks.append(
            CheckResult(
                id=check_id,
                title=report.title,
                outcome=report.outcome,
                score=_earned(report.outcome, points),
                max_score=points,
                message=without_addresses(report.message),
                hint=report.hint,
                misconception=report.misconception,
                seconds=report.seconds,
                shown=store(report.artifacts),
            )
        )
    return _question_result(question, checks, notes)


def rescore_question(question: Question, result: QuestionResult) -> QuestionResult:
    """Return a question's result with the current points for the same outcomes."""
    by_id = {check.id: check for check in result.checks}
    checks = tuple(
        replace(by_id[name], score=_earned(by_id[name].outcome, points), max_score=points)
        for name, points in question.points.items()
    )
    score = sum(check.score for check in checks)
    return replace(result, score=score, max_score=question.max_score, checks=checks)


def current_digest(assignment: Assignment, results: Iterable[QuestionResult]) -> str:
    """Return the assignment's digest if all questions were graded with their current checks."""
    digests = {question.id: question.digest for question in assignment.questions}
    current = all(result.checks_sha256 == digests[result.id] for result in results)
    return assignment.digest if current else ""


def without_addresses(message: str) -> str:
    """Return a message without memory addresses, which differ from run to run."""
    return _ADDRESS.sub("0x…", message)


def _earned(outcome: Outcome, points: float) -> float:
    return points if outcome in {"passed", "grader_error"} else 0.0


def _unrun_check(
    question: Question, check_id: str, outcome: Outcome, message: str, score: float
) -> CheckResult:
    return CheckResult(
        id=check_id,
        title=question.titles.get(check_id, check_id),
        outcome=outcome,
        score=score,
        max_score=question.points[check_id],
        message=without_addresses(message),
    )


def _question_result(
    question: Question, checks: Sequence[CheckResult], notes: Sequence[str] = ()
) -> QuestionResult:
    score = sum(check.score for check in checks)
    return QuestionResult(question.id, score, question.max_score, tuple(checks), tuple(notes))
