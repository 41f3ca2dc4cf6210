"""Name the mistake in a wrong answer by the fingerprint of its failed checks.

A fingerprint is what the failed checks reported: which checks, with which outcome, message and
numbers. A check's inputs are the same for every answer, so answers with the same fingerprint
returned the same values for everything that was tried. `patterns.json`, beside the hidden checks,
has the fingerprints of the known mistakes; `autograder validate --names` writes it.

First, all numbers are compared. If no known mistake has them, the numbers that depend on chance are
left out; see `messages`. Nothing is named if two mistakes share the fingerprint, or if no message
says what the answer returned (“it cannot be negative”): other mistakes may share it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from autograder.grading import messages
from autograder.results.model import CheckResult, QuestionResult

FILE = "patterns.json"

Failure = tuple[str, str]
"""Outcome and message of a failed check."""
Failures = Mapping[str, Failure]
"""The failures of an answer, by check id."""


@dataclass(frozen=True)
class Fingerprint:
    """A known mistake, and how it fails.

    Attributes:
        name: The mistake.
        hint: What to say to a student.
        failures: What its checks report in grading. What depends on chance is marked.
        perhaps: The checks that pass or fail by chance.
    """

    name: str
    hint: str
    failures: Failures
    perhaps: frozenset[str] = frozenset()


def failures(checks: Iterable[CheckResult]) -> dict[str, Failure]:
    """Return the failures of the answer as it was, by check id."""
    return {check.id: check.failure for check in checks if check.failure}


def learn(name: str, hint: str, found: Sequence[Failures]) -> Fingerprint:
    """Return the fingerprint of a mistake from its failures with several random streams.

    Args:
        name: The mistake.
        hint: What to say to a student.
        found: The failures with each stream; first with the one that grading uses.
    """
    every = {check_id for one in found for check_id in one}
    # If the outcome of a check depends on chance, its message is not compared.
    perhaps = {
        check_id
        for check_id in every
        if len({one.get(check_id, ("passed", ""))[0] for one in found}) > 1
    }
    reported = {
        check_id: (
            outcome,
            message
            if check_id in perhaps
            else messages.marked([one[check_id][1] for one in found]),
        )
        for check_id, (outcome, message) in found[0].items()
    }
    return Fingerprint(name, hint, reported, frozenset(perhaps))


def same_fingerprint(one: Failures, other: Failures) -> bool:
    """Return whether two answers failed the same checks in the same way, with the same numbers."""
    return one.keys() == other.keys() and all(
        outcome == other[check_id][0]
        and messages.alike(messages.unmarked(message), messages.unmarked(other[check_id][1]))
        for check_id, (outcome, message) in one.items()
    )


def same_apart_from_chance(known: Fingerprint, found: Failures) -> bool:
    """Return whether an answer failed as a known mistake does, apart from the effects of chance."""
    certain = {
        check_id: failure
        for check_id, failure in known.failures.items()
        if check_id not in known.perhaps
    }
    return (
        certain.keys() <= found.keys() <= certain.keys() | known.perhaps
        and any(messages.is_specific(*failure) for failure in certain.values())
        and all(
            outcome == found[check_id][0] and messages.alike(message, found[check_id][1])
            for check_id, (outcome, message) in certain.items()
        )
    )


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
            frozenset(one.get("perhaps", ())),
        )
        for name, one in mistakes.items()
    )


def matching_fingerprints(found: Failures, known: Iterable[Fingerprint]) -> list[Fingerprint]:
    """Return the known fingerprints that equal these failures, if the failures are specific."""
    if not any(messages.is_specific(*failure) for failure in found.values()):
        return []
    known = [*known]
    equal = [one for one in known if same_fingerprint(one.failures, found)]
    return equal or [one for one in known if same_apart_from_chance(one, found)]


def name_mistake(result: QuestionResult, folder: Path) -> QuestionResult:
    """Return the result with the name of the one known mistake that has its fingerprint.

    Args:
        result: The result of a question; one that already has a name is returned as it is.
        folder: The folder with the hidden checks.
    """
    if any(check.misconception for check in result.checks):
        return result
    known = known_fingerprints(folder, result.id)
    found = matching_fingerprints(failures(result.checks), known)
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
