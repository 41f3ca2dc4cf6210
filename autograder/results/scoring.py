"""From outcomes to points. No torch here: what is already graded must be quick to look at."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.results.model import CheckResult, Outcome, QuestionResult, Result, Shown, Status
from autograder.support.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.assignment.model import Assignment, Question
    from checkkit import outcomes

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")  # differs from run to run and tells nobody anything


def no_grade(
    notebook: bytes, student: str, assignment: Assignment, status: Status, message: str
) -> Result:
    """Return the verdict on a submission of which nothing could be run.

    The score is 0, for a human to look at. Where the grader failed, every check says so.
    """
    outcome: Outcome = "grader_error" if status == "grader_error" else "blocked"
    questions = tuple(nothing_run(q, outcome, message, 0.0) for q in assignment.questions)
    digest = hashlib.sha256(notebook).hexdigest()
    return Result(
        student=student,
        assignment=assignment.name,
        status=status,
        score=0.0,
        max_score=assignment.max_score,
        questions=questions,
        message=message,
        sha256=digest,
        checks_sha256=assignment.digest,
        versions=versions(),
    )


def scored(
    question: Question, results: Iterable[outcomes.CheckResult], notes: list[str]
) -> QuestionResult:
    """Give each check its points; a check that never ran is our error and costs nothing."""
    results = list(results)
    ran = {result.id: result for result in results}
    strays = [result.message for result in results if result.id not in question.points]
    reason = "; ".join(strays) or "the check did not run"
    checks = []
    for check_id, points in question.points.items():
        result = ran.get(check_id)
        if result is None:
            checks.append(_check(question, check_id, "grader_error", reason, points))
            continue
        earned = _earned(result.outcome, points)
        checks.append(
            CheckResult(
                id=check_id,
                title=result.title,
                outcome=result.outcome,
                score=earned,
                max_score=points,
                message=tidy(result.message),
                hint=result.hint,
                misconception=result.misconception,
                seconds=result.seconds,
                shown=_shown(result),
            )
        )
    return _question_result(question, checks, notes)


def _shown(result: outcomes.CheckResult) -> tuple[Shown, ...]:
    if not result.shown:
        return ()
    from autograder.results.artifacts import kept  # what is graded needs no NumPy to be looked at

    return kept(result.shown)


def graded_by(assignment: Assignment, results: Iterable[QuestionResult]) -> str:
    """Return the assignment's digest if every question was graded by what it has now, else ""."""
    digests = {
        question.id: assignment.question_digest(question) for question in assignment.questions
    }
    same = all(result.checks_sha256 == digests[result.id] for result in results)
    return assignment.digest if same else ""


def rescored(question: Question, result: QuestionResult) -> QuestionResult:
    """Return a question's result with today's points for the same outcomes."""
    known = {check.id: check for check in result.checks}
    checks = tuple(
        replace(known[name], score=_earned(known[name].outcome, points), max_score=points)
        for name, points in question.points.items()
    )
    score = sum(check.score for check in checks)
    return replace(result, score=score, max_score=question.max_score, checks=checks)


def _earned(outcome: Outcome, points: float) -> float:
    return points if outcome in {"passed", "grader_error"} else 0.0


def nothing_run(
    question: Question, outcome: Outcome, message: str, credit: float | None
) -> QuestionResult:
    """Return the same outcome for every check of a question; `credit` overrides the points."""
    checks = [
        _check(question, check_id, outcome, message, 0.0 if credit is None else credit)
        for check_id in question.points
    ]
    return _question_result(question, checks, [])


def _check(
    question: Question, check_id: str, outcome: Outcome, message: str, score: float
) -> CheckResult:
    title = question.titles.get(check_id, check_id)
    return CheckResult(check_id, title, outcome, score, question.points[check_id], tidy(message))


def _question_result(
    question: Question, checks: list[CheckResult], notes: list[str]
) -> QuestionResult:
    score = sum(check.score for check in checks)
    return QuestionResult(question.id, score, question.max_score, tuple(checks), tuple(notes))


def tidy(message: str) -> str:
    """Return a message without what differs from run to run."""
    return _ADDRESS.sub("0x…", message)
