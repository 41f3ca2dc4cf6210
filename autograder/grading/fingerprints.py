"""Name the mistake in a wrong answer by the fingerprint of its failed checks.

A fingerprint is what the failed checks reported: which checks, with which outcome, message and
numbers. A check's inputs are the same for every answer, so answers with the same fingerprint
returned the same values for everything that was tried. `patterns.json`, beside the hidden checks,
has the fingerprints of the known mistakes; `autograder validate --names` writes it. Nothing is
named if two mistakes share the fingerprint, or if no message says what the answer returned (“it
cannot be negative”): other mistakes may share it.
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
# Messages show four digits; two ways to compute the same value differ at most in the last one.
_RELATIVE_TOLERANCE = 2e-3
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d*)?(?:e[+-]?\d+)?")
# What the answer returned: a number, shape, type, equation or list, or the changed input. A message
# without it is not specific enough.
_GOT = re.compile(r"got (?:.*[\d=(]|none|an? )|but it was changed", re.IGNORECASE)
# An estimate from many draws and its allowed deviation, as `expect.estimate` formats them.
_ESTIMATE = re.compile(r"expected [^±]* ± (\S+) \(.*\), got (\S+)$")

Failure = tuple[str, str]
"""Outcome and message of a failed check."""


@dataclass(frozen=True)
class Fingerprint:
    """A known mistake, and the failure of each check that it fails."""

    name: str
    hint: str
    failures: Mapping[str, Failure]


def failures(checks: Iterable[CheckResult]) -> dict[str, Failure]:
    """Return the failures of the answer as it was, by check id."""
    return {check.id: check.failure for check in checks if check.failure}


def same_fingerprint(one: Mapping[str, Failure], other: Mapping[str, Failure]) -> bool:
    """Return whether two answers failed the same checks in the same way."""
    return one.keys() == other.keys() and all(
        _same_failure(failure, other[check_id]) for check_id, failure in one.items()
    )


def _same_failure(one: Failure, other: Failure) -> bool:
    if one == other:
        return True
    if one[0] != other[0] or _NUMBER.sub("#", one[1]) != _NUMBER.sub("#", other[1]):
        return False
    first, second = _ESTIMATE.search(one[1]), _ESTIMATE.search(other[1])
    if first and second:
        allowed = _value(first[1])
        a, b = _value(first[2]), _value(second[2])
        # Both estimates vary by chance, and large ones by more than the expected value does.
        return abs(a - b) <= allowed + 0.02 * max(abs(a), abs(b))
    pairs = zip(_NUMBER.findall(one[1]), _NUMBER.findall(other[1]), strict=True)
    return all(_close(_value(a), _value(b)) for a, b in pairs)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= _RELATIVE_TOLERANCE * max(abs(one), abs(other))


def _value(text: str) -> float:
    try:
        return float(text.replace(",", "").replace("−", "-"))
    except ValueError:
        return float("nan")


@cache
def known_fingerprints(folder: Path, question: str) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of a question's known mistakes; none if there is no file."""
    path = folder / FILE
    if not path.is_file():
        return ()
    mistakes = json.loads(path.read_text(encoding="utf-8")).get(question, {})
    return tuple(
        Fingerprint(
            name,
            one["hint"],
            {check_id: (failure[0], failure[1]) for check_id, failure in one["said"].items()},
        )
        for name, one in mistakes.items()
    )


def matching_fingerprints(
    found: Mapping[str, Failure], known: Iterable[Fingerprint]
) -> Iterator[Fingerprint]:
    """Yield the known fingerprints that equal these failures, if the failures are specific."""
    if any(_is_specific(failure) for failure in found.values()):
        yield from (one for one in known if same_fingerprint(found, one.failures))


def _is_specific(failure: Failure) -> bool:
    """Return whether a message says what the answer returned or raised."""
    outcome, message = failure
    if _ESTIMATE.search(message):
        # A statistic whose expected value is 0 is equally wrong for many distributions.
        return "expected dependence" in message or not re.search(r" 0 ± ", message)
    return outcome == "error" or bool(_GOT.search(message))


def name_mistake(result: QuestionResult, folder: Path) -> QuestionResult:
    """Return the result with the name of the one known mistake that has its fingerprint.

    Args:
        result: The result of a question; one that already has a name is returned as it is.
        folder: The folder with the hidden checks.
    """
    if any(check.misconception for check in result.checks):
        return result
    known = known_fingerprints(folder, result.id)
    found = list(matching_fingerprints(failures(result.checks), known))
    if len(found) != 1:
        return result
    return result.with_checks(_with_name(result.checks, found[0]))


def _with_name(checks: Iterable[CheckResult], mistake: Fingerprint) -> Iterator[CheckResult]:
    """Yield the checks; the first that costs points gets the name, and the hint if it has none."""
    named = False
    for check in checks:
        if named or not check.counts_against:
            yield check
            continue
        named = True
        yield replace(check, misconception=mistake.name, hint=check.hint or mistake.hint)
