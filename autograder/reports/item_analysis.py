"""Statistics of a class: questions, checks, misconceptions, submissions to review. No HTML."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean, median

from autograder.results.model import CheckResult, Result

_MIN_STUDENTS = 5  # a correlation over fewer is noise


@dataclass(frozen=True)
class Item:
    """A question or a check, over all graded submissions.

    Attributes:
        check: Empty for a question.
        share: For a check, the share of students who pass it; for a question, the mean score as a
            share of its points.
        full: The share of students with all points.
        discrimination: The correlation of its score with the score on everything else (for a check,
            the corrected point-biserial correlation). Near 0 or below, the item does not separate
            students who know more from those who know less. None with too few students, or if
            either score is the same for all.
        seconds: The median grading time.
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
    """A known mistake: how many students made it, and the hint to give in the next lecture."""

    name: str
    students: int
    share: float
    question: str
    say: str


@dataclass(frozen=True)
class Review:
    """A submission that a person should review, and why."""

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
    for_humans: tuple[Review, ...]


def analyze(results: Sequence[Result]) -> ClassReport:
    """Return the statistics of a class."""
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
        for_humans=tuple(review for result in results for review in _reviews(result)),
    )


def _questions(graded: Sequence[Result]) -> Iterator[Item]:
    for name in dict.fromkeys(question.id for result in graded for question in result.questions):
        found = [result.question(name) for result in graded]
        own = [question.score for question in found]
        rest = [result.score - score for result, score in zip(graded, own, strict=True)]
        most = found[0].max_score
        yield Item(
            question=name,
            check="",
            title=name,
            points=most,
            share=_round(mean(own) / most) if most else 1.0,
            full=_round(mean(question.score == question.max_score for question in found)),
            discrimination=_correlation(own, rest),
            seconds=_round(median(sum(c.seconds for c in q.checks) for q in found)),
        )


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


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    if len(one) < _MIN_STUDENTS:
        return None
    try:
        return _round(correlation(one, other))
    except StatisticsError:  # all values of one are equal
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


# Messages for code that did more than answer. A student can raise an exception with the same words;
# the only consequence is that a person reviews the submission.
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "ended its process or broke the connection": re.compile(
        r"the code (ended the process that it ran in|broke the connection to the grader)"
    ),
    "was denied access by the sandbox": re.compile(
        r"PermissionError|Operation not permitted|Permission denied|signal 31"
    ),
    "the answer cannot be called": re.compile(r" is of type \w+, which cannot be called"),
}
_CUT_OFF = re.compile(r"was left out \(")
_KINDS = {"unreadable": "could not be read", "grader_error": "grader error"}


def _reviews(result: Result) -> Iterator[Review]:
    if result.status != "graded":
        yield Review(result.student, _KINDS[result.status], result.message)
        return
    cut = [repair for repair in result.repairs if _CUT_OFF.search(repair)]
    other = [repair for repair in result.repairs if repair not in cut]
    if cut:
        yield Review(result.student, "a cell was cut off", " ".join(cut))
    if other:
        yield Review(result.student, "was repaired", " ".join(other))
    for kind, sign in _SIGNS.items():
        found = [
            f"{question.id}: {check.message}"
            for question in result.questions
            for check in question.checks
            if check.outcome != "passed" and sign.search(check.message)
        ]
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            yield Review(result.student, kind, found[0] + more)
