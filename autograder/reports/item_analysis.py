"""Statistics of a class: questions, checks, misconceptions, submissions to review. No HTML."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean, median, pstdev, quantiles

from autograder.results.model import CheckResult, CriterionResult, QuestionResult, Result

_MIN_STUDENTS = 5  # a correlation over fewer is noise


@dataclass(frozen=True)
class Item:
    """A question, a criterion or a check, over all graded submissions.

    Attributes:
        criterion: Empty for a question.
        check: Empty for a question and for a criterion.
        points: Its points; of a check, those of its criterion.
        share: For a check, the share of students who pass it; otherwise the mean score as a share
            of the points.
        full: The share of students with all points.
        discrimination: The correlation of its score with the score on everything else (for a check,
            the point-biserial correlation of passing it with the score outside of its criterion).
            Near 0 or below, the item does not separate students who know more from those who know
            less. None with too few students, or if either score is the same for all.
        seconds: The median grading time.
    """

    question: str
    criterion: str
    check: str
    title: str
    points: float
    share: float
    full: float
    discrimination: float | None
    seconds: float


@dataclass(frozen=True)
class Spread:
    """How the scores on a question, or on everything, are distributed over the graded submissions.

    Attributes:
        mean: In points.
        deviation: Their standard deviation, in points; 0 for one student.
        quartiles: The scores that a quarter, half and three quarters of the students do not exceed.
    """

    mean: float
    deviation: float
    quartiles: tuple[float, float, float]


@dataclass(frozen=True)
class Misconception:
    """A known mistake: who made it, and the hint to give in the next lecture."""

    name: str
    students: int
    share: float
    question: str
    say: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """A submission that a person should review, and why."""

    student: str
    kind: str
    why: str


@dataclass(frozen=True)
class ClassReport:
    """Everything that the class report shows.

    A submission that has no score, because nobody could read or grade it, is in no statistic.

    Attributes:
        graded: How many submissions have a score.
        spread: How their scores are distributed; None if there are none.
        spreads: The same for each question.
    """

    assignment: str
    max_score: float
    submissions: int
    graded: int
    mean: float
    median: float
    spread: Spread | None
    spreads: Mapping[str, Spread]
    scores: tuple[float, ...]
    questions: tuple[Item, ...]
    criteria: tuple[Item, ...]
    checks: tuple[Item, ...]
    misconceptions: tuple[Misconception, ...]
    for_humans: tuple[Review, ...]


def analyze(results: Sequence[Result]) -> ClassReport:
    """Return the statistics of a class."""
    graded = [result for result in results if result.status == "graded"]
    scores = tuple(sorted(map(_score, graded)))
    return ClassReport(
        assignment=results[0].assignment,
        max_score=results[0].max_score,
        submissions=len(results),
        graded=len(graded),
        mean=round(mean(scores), 3) if scores else 0.0,
        median=median(scores) if scores else 0.0,
        spread=_spread(scores) if scores else None,
        spreads=_spreads(graded),
        scores=scores,
        questions=tuple(_questions(graded)),
        criteria=tuple(_criteria(graded)),
        checks=tuple(_checks(graded)),
        misconceptions=tuple(_misconceptions(graded)),
        for_humans=tuple(review for result in results for review in _reviews(result)),
    )


def _score(part: CriterionResult | QuestionResult | Result) -> float:
    """Return the score of a part of a graded submission, where every part has one."""
    return part.score or 0.0


def _spread(scores: Sequence[float]) -> Spread:
    """Return the spread of the scores of at least one student."""
    if len(scores) == 1:
        return Spread(scores[0], 0.0, (scores[0],) * 3)
    # Inclusive: the class is all students, not a sample of them.
    low, middle, high = quantiles(scores, n=4, method="inclusive")
    return Spread(_round(mean(scores)), _round(pstdev(scores)), (low, middle, high))


def _spreads(graded: Sequence[Result]) -> dict[str, Spread]:
    scores: dict[str, list[float]] = defaultdict(list)
    for result in graded:
        for question in result.questions:
            scores[question.id].append(_score(question))
    return {name: _spread(found) for name, found in scores.items()}


def _questions(graded: Sequence[Result]) -> Iterator[Item]:
    for name in dict.fromkeys(question.id for result in graded for question in result.questions):
        found = [(result, result.question(name)) for result in graded]
        seconds = median(sum(check.seconds for check in one.checks) for _, one in found)
        yield _scored(found, name, "", name, seconds)


def _criteria(graded: Sequence[Result]) -> Iterator[Item]:
    by_id: dict[tuple[str, str], list[tuple[Result, CriterionResult]]] = defaultdict(list)
    for result in graded:
        for question in result.questions:
            for criterion in question.criteria:
                by_id[question.id, criterion.id].append((result, criterion))
    for (question_id, criterion_id), found in by_id.items():
        seconds = median(sum(check.seconds for check in one.checks) for _, one in found)
        yield _scored(found, question_id, criterion_id, found[-1][1].title, seconds)


def _scored(
    found: Sequence[tuple[Result, CriterionResult | QuestionResult]],
    question: str,
    criterion: str,
    title: str,
    seconds: float,
) -> Item:
    """Return the item of a part of the assignment that has a score."""
    own = [_score(one) for _, one in found]
    rest = [_score(result) - score for (result, _), score in zip(found, own, strict=True)]
    most = found[-1][1].max_score
    return Item(
        question=question,
        criterion=criterion,
        check="",
        title=title,
        points=most,
        share=_round(mean(own) / most) if most else 1.0,
        full=_round(mean(one.score == one.max_score for _, one in found)),
        discrimination=_correlation(own, rest),
        seconds=_round(seconds),
    )


def _checks(graded: Sequence[Result]) -> Iterator[Item]:
    by_id: dict[tuple[str, str, str], list[tuple[float, CheckResult, float]]] = defaultdict(list)
    for result in graded:
        for question in result.questions:
            for criterion in question.criteria:
                rest = _score(result) - _score(criterion)
                for check in criterion.checks:
                    key = question.id, criterion.id, check.id
                    by_id[key].append((rest, check, criterion.max_score))
    for (question_id, criterion_id, check_id), found in by_id.items():
        passed = [float(check.outcome == "passed") for _, check, _ in found]
        yield Item(
            question=question_id,
            criterion=criterion_id,
            check=check_id,
            title=found[-1][1].title,
            points=found[-1][2],
            share=_round(mean(passed)),
            full=_round(mean(passed)),
            discrimination=_correlation(passed, [rest for rest, _, _ in found]),
            seconds=_round(median(check.seconds for _, check, _ in found)),
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
    students: dict[tuple[str, str], list[str]] = defaultdict(list)
    says: dict[tuple[str, str], str] = {}
    for result in graded:
        named: dict[tuple[str, str], str] = {}
        for question in result.questions:
            for check in question.checks:
                if check.misconception:
                    named.setdefault((check.misconception, question.id), check.hint or "")
        for key in named:
            students[key].append(result.student)
        says.update({key: hint for key, hint in named.items() if hint})
    for key, who in sorted(students.items(), key=lambda one: (-len(one[1]), one[0])):
        share = _round(len(who) / len(graded))
        say = says.get(key, "")
        yield Misconception(key[0], len(who), share, key[1], say, tuple(sorted(who)))


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
_CUT_OFF = re.compile(r"was (cut off:|left out \()")
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
