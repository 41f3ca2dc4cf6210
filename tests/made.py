"""Results made by hand, for tests of the code that uses results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograder.results.model import CheckResult, CriterionResult, QuestionResult


def check(
    name: str, title: str = "A claim.", outcome: str = "passed", message: str = "", **more: Any
) -> CheckResult:
    return CheckResult(name, title, outcome, message, **more)  # type: ignore[arg-type]


def question(
    name: str, score: float | None, most: float, checks: Iterable[CheckResult], **more: Any
) -> QuestionResult:
    """Return a question with one criterion, which has all checks and all points."""
    criterion = CriterionResult("all", "does everything", score, most, tuple(checks))
    return QuestionResult(name, score, most, (criterion,), **more)


def question_of_each(
    name: str, checks: Sequence[CheckResult], points: float, **more: Any
) -> QuestionResult:
    """Return a question with a criterion of the same points for each check."""
    criteria = tuple(
        CriterionResult(
            one.id, one.title, points if one.outcome == "passed" else 0.0, points, (one,)
        )
        for one in checks
    )
    score = sum(criterion.score or 0.0 for criterion in criteria)
    return QuestionResult(name, score, points * len(checks), criteria, **more)
