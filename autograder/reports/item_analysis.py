"""What a class's results say of its questions, its checks and its students: plain data, no HTML."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import StatisticsError, correlation, mean, median
from typing import Any

from autograder.results.model import CheckResult, Result

_TOO_FEW = 5  # a correlation of fewer is chance


@dataclass(frozen=True)
class Item:
    """A question or a check, over all graded submissions.

    Attributes:
        share: Of a check, who passes it; of a question, its mean score, of the most there is.
        full: Who has all its points.
        discrimination: The correlation of its score with the score in everything else (of a check
            the corrected point-biserial one): near 0 or below it, it tells nothing of who knows
            more, or tells it the wrong way round. None where it cannot be said.
        seconds: The median time that it takes.
    """

    question: str
    check: str
    title: str
    points: float
    share: float
    full: float
    discrimination: float | None
    seconds: float


@dataclass(frozen=True)
class Misconception:
    """A known mistake: how many made it, and the line to say in the next lecture."""

    name: str
    students: int
    share: float
    question: str
    say: str


@dataclass(frozen=True)
class ForHuman:
    """A submission that a person should look at, and why."""

    student: str
    kind: str
    why: str


@dataclass(frozen=True)
class ClassReport:
    """Everything that the class report shows."""

    assignment: str
    max_score: float
    submissions: int
    graded: int
    mean: float
    median: float
    scores: tuple[float, ...]
    questions: tuple[Item, ...]
    checks: tuple[Item, ...]
    misconceptions: tuple[Misconception, ...]
    for_humans: tuple[ForHuman, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)


def look_at(results: Sequence[Result]) -> ClassReport:
    """Return what there is to say of a class."""
    graded = [result for result in results if result.status == "graded"]
    scores = tuple(sorted(result.score for result in graded))
    return ClassReport(
        assignment=results[0].assignment,
        max_score=results[0].max_score,
        submissions=len(results),
        graded=len(graded),
        mean=round(mean(scores), 3) if scores else 0.0,
        median=median(scores) if scores else 0.0,
        scores=scores,
        questions=tuple(_questions(graded)),
        checks=tuple(_checks(graded)),
        misconceptions=tuple(_misconceptions(graded)),
        for_humans=tuple(human for result in results for human in _for_human(result)),
    )


def _questions(graded: Sequence[Result]) -> Iterator[Item]:
    for name in _ids(graded):
        found = [result.question(name) for result in graded]
        own = [question.score for question in found]
        most = found[0].max_score
        yield Item(
            question=name,
            check="",
            title=name,
            points=most,
            share=_round(mean(own) / most) if most else 1.0,
            full=_round(mean(question.score == question.max_score for question in found)),
            discrimination=_discrimination(own, graded),
            seconds=_round(median(sum(c.seconds for c in q.checks) for q in found)),
        )


def _ids(graded: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(question.id for result in graded for question in result.questions))


def _checks(graded: Sequence[Result]) -> Iterator[Item]:
    found: dict[tuple[str, str], list[tuple[Result, CheckResult]]] = defaultdict(list)
    for result in graded:
        for question in result.questions:
            for check in question.checks:
                found[question.id, check.id].append((result, check))
    for (question_id, check_id), those in found.items():
        passed = [float(check.outcome == "passed") for _, check in those]
        rest = [result.score - check.score for result, check in those]
        yield Item(
            question=question_id,
            check=check_id,
            title=those[-1][1].title,
            points=those[-1][1].max_score,
            share=_round(mean(passed)),
            full=_round(mean(passed)),
            discrimination=_correlation(passed, rest),
            seconds=_round(median(check.seconds for _, check in those)),
        )


def _discrimination(own: Sequence[float], graded: Sequence[Result]) -> float | None:
    rest = [result.score - score for result, score in zip(graded, own, strict=True)]
    return _correlation(own, rest)


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    if len(one) < _TOO_FEW:
        return None
    try:
        return _round(correlation(one, other))
    except StatisticsError:  # all are equal
        return None


def _round(value: float) -> float:
    return round(float(value), 3)


def _misconceptions(graded: Sequence[Result]) -> Iterator[Misconception]:
    students: Counter[tuple[str, str]] = Counter()
    says: dict[tuple[str, str], str] = {}
    for result in graded:
        named: dict[tuple[str, str], str] = {}
        for question in result.questions:
            for check in question.checks:
                if check.misconception:
                    named.setdefault((check.misconception, question.id), check.hint or "")
        students.update(named.keys())
        says.update({key: hint for key, hint in named.items() if hint})
    for key, count in sorted(students.items(), key=lambda one: (-one[1], one[0])):
        share = _round(count / len(graded))
        yield Misconception(key[0], count, share, key[1], says.get(key, ""))


# What a message of ours says of code that did more than answer. A student may write these words
# into an exception: then a person looks, and no more comes of it.
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "ended its process, or broke the connection": re.compile(
        r"the code (ended the process that it ran in|broke the connection to the grader)"
    ),
    "asked for what the room does not give": re.compile(
        r"PermissionError|Operation not permitted|Permission denied|signal 31"
    ),
    "its answer is something else": re.compile(r" is of type \w+, which cannot be called"),
}
_CUT_OFF = re.compile(r"was left out \(")
_KINDS = {"unreadable": "could not be read", "grader_error": "the grader failed"}


def _for_human(result: Result) -> Iterator[ForHuman]:
    if result.status != "graded":
        yield ForHuman(result.student, _KINDS[result.status], result.message)
        return
    cut = [repair for repair in result.repairs if _CUT_OFF.search(repair)]
    mended = [repair for repair in result.repairs if repair not in cut]
    if cut:
        yield ForHuman(result.student, "a cell was cut off", " ".join(cut))
    if mended:
        yield ForHuman(result.student, "was mended", " ".join(mended))
    for kind, sign in _SIGNS.items():
        found = [
            f"{question.id}: {check.message}"
            for question in result.questions
            for check in question.checks
            if check.outcome != "passed" and sign.search(check.message)
        ]
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            yield ForHuman(result.student, kind, found[0] + more)
