"""Name a wrong answer by the pattern of what it fails: the same as a known mistake's, or none.

A pattern is what the checks said: which failed, how, and with which numbers. The inputs of a check
are the same for every answer, so two answers with one pattern gave the same on all that was tried.
The patterns of the known mistakes are in `patterns.json` beside the staff's checks, written by
`autograder validate --names`. A pattern that two mistakes have names neither, and one in which no
check says what came (“it cannot be negative”) names none: another mistake may well have it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from autograder.results.model import CheckResult, QuestionResult

FILE = "patterns.json"
# Messages show four digits; two ways to compute the same differ in the last of them at most.
SAME = 2e-3
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d*)?(?:e[+-]?\d+)?")
# what came, as a number, a shape, a type, an equation, a list in brackets, or what was changed:
# without it a message says too little
_CAME = re.compile(r"got (?:.*[\d=(]|none|an? )|but it was changed", re.IGNORECASE)
# a number measured on many draws, and how far chance may move it: as `expect.estimate` writes it
_MEASURED = re.compile(r"expected [^±]* ± (\S+) \(.*\), got (\S+)$")

Said = tuple[str, str]
"""Outcome and message of one check."""


@dataclass(frozen=True)
class Pattern:
    """A known mistake, and what each check that fails it says."""

    name: str
    hint: str
    said: Mapping[str, Said]


def failures(checks: Iterable[CheckResult]) -> dict[str, Said]:
    """Return what the checks said that did not pass."""
    return {c.id: (c.outcome, c.message) for c in checks if c.outcome != "passed"}


def alike(one: Mapping[str, Said], other: Mapping[str, Said]) -> bool:
    """Return whether two answers failed the same checks in the same way."""
    return one.keys() == other.keys() and all(_same(said, other[id_]) for id_, said in one.items())


def _same(one: Said, other: Said) -> bool:
    if one == other:
        return True
    if one[0] != other[0] or _NUMBER.sub("#", one[1]) != _NUMBER.sub("#", other[1]):
        return False
    measured, again = _MEASURED.search(one[1]), _MEASURED.search(other[1])
    if measured and again:
        limit = _value(measured[1])
        first, second = _value(measured[2]), _value(again[2])
        # each is off by chance; what was measured may vary more than what was expected
        return abs(first - second) <= limit + 0.02 * max(abs(first), abs(second))
    pairs = zip(_NUMBER.findall(one[1]), _NUMBER.findall(other[1]), strict=True)
    return all(_near(_value(first), _value(second)) for first, second in pairs)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _value(text: str) -> float:
    try:
        return float(text.replace(",", "").replace("−", "-"))
    except ValueError:
        return float("nan")


@cache
def known(folder: Path, question: str) -> tuple[Pattern, ...]:
    """Return the patterns of a question's known mistakes; none where there is no file of them."""
    path = folder / FILE
    if not path.is_file():
        return ()
    told = json.loads(path.read_text(encoding="utf-8")).get(question, {})
    return tuple(
        Pattern(name, one["hint"], {id_: (said[0], said[1]) for id_, said in one["said"].items()})
        for name, one in told.items()
    )


def explaining(said: Mapping[str, Said], patterns: Iterable[Pattern]) -> Iterator[Pattern]:
    """Yield the patterns that what was said equals."""
    if any(_tells(one) for one in said.values()):
        yield from (pattern for pattern in patterns if alike(said, pattern.said))


def _tells(said: Said) -> bool:
    """Return whether a message says enough to know a mistake by: what came, or what was raised."""
    outcome, message = said
    measured = _MEASURED.search(message)
    if measured:  # a distance from 0 is the same for many distributions
        return "expected dependence" in message or not re.search(r" 0 ± ", message)
    return outcome == "error" or bool(_CAME.search(message))


def named(result: QuestionResult, folder: Path) -> QuestionResult:
    """Return the result with the one known mistake named that explains all that failed."""
    if any(check.misconception for check in result.checks):
        return result
    found = list(explaining(failures(result.checks), known(folder, result.id)))
    if len(found) != 1:
        return result
    return replace(result, checks=tuple(_with_name(result.checks, found[0])))


def _with_name(checks: Iterable[CheckResult], pattern: Pattern) -> Iterator[CheckResult]:
    """Yield the checks, the first that failed and has no hint yet with the mistake's name."""
    told = False
    for check in checks:
        if told or check.outcome == "passed":
            yield check
            continue
        told = True
        yield replace(check, misconception=pattern.name, hint=check.hint or pattern.hint)
