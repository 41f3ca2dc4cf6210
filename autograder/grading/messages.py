"""Compare two messages of a check, apart from chance and the student's own names.

Some numbers in a message follow from the answer: shapes, and values at inputs that are the same
for everyone. Others follow from random numbers that the answer has drawn: a fresh model's weights,
noise. `autograder validate --names` grades each known mistake with several random streams. Numbers
that differ are put in marks, ‹-0.698›, and another answer need not have them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

# Messages show four digits; two ways to compute the same value differ at most in the last one.
_RELATIVE_TOLERANCE = 2e-3
_NUMBER = re.compile(r"(‹)?((?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d*)?(?:e[+-]?\d+)?)(?(1)›)")
_MARKED = re.compile(r"‹([^›]*)›")
# An estimate from many draws and its allowed deviation, as `expect.estimate` formats them.
_ESTIMATE = re.compile(r"expected [^±]*?([^\s±]+) ± (\S+) \(.*\), got ([^\s‹›]+)$")
# An estimate is clearly wrong beyond this many times the allowed deviation.
_CLEARLY = 2
# What depends on how the answer is written: the line that raised, a parameter's name.
_WRITTEN = re.compile(r" \(line \d+ of (?:cell )?[\w ]+\)$|(?<=in )[\w.]+(?=, got none)")
# What the answer returned: a number, shape, type, equation or list, or the changed input. A message
# without it is not specific enough.
_GOT = re.compile(r"got (?:.*[\d=(]|none|an? )|but it was changed", re.IGNORECASE)
# Where the largest error is.
_PLACE = re.compile(r" at \[[^\]]*\]")


def is_specific(outcome: str, message: str) -> bool:
    """Return whether a message says what the answer returned or raised, apart from chance."""
    if message.startswith("‹") or "got ‹" in message:
        return False
    if estimate := _ESTIMATE.search(message):
        expected, allowed, got = map(_value, estimate.groups())
        # If the expected value is 0, many distributions give the same wrong value. If a value is
        # only slightly wrong, many mistakes give it.
        return "expected dependence" in message or (
            expected != 0 and abs(got - expected) > _CLEARLY * allowed
        )
    return outcome == "error" or bool(_GOT.search(message))


def unmarked(message: str) -> str:
    """Return a message without the marks around numbers that depend on chance."""
    return _MARKED.sub(r"\1", message)


def marked(messages: Sequence[str]) -> str:
    """Return the first of several messages, with marks around the numbers that differ.

    If more than numbers differ, the whole message is put in marks.
    """
    first = messages[0]
    if len({_template(message) for message in messages}) > 1:
        return f"‹{first}›"
    places = [[*_NUMBER.finditer(_without_written(message))] for message in messages]
    by_chance = {
        place
        for one, other in pairwise(places)
        for place, (a, b) in enumerate(zip(one, other, strict=True))
        if a[2] != b[2]
    }
    if by_chance and all(_same_estimate(first, other) for other in messages[1:]):
        by_chance = set()
    return first if not by_chance else _with_marks(_without_written(first), by_chance)


def _with_marks(message: str, places: set[int]) -> str:
    """Return the message with marks around the numbers at these places, and around its index."""
    where = _PLACE.search(message)
    parts, start = [], 0
    for place, found in enumerate(_NUMBER.finditer(message)):
        parts.append(message[start : found.start()])
        inside = where is not None and where.start() < found.start() < where.end()
        parts.append(f"‹{found[2]}›" if place in places or inside else found[0])
        start = found.end()
    return "".join([*parts, message[start:]])


def alike(known: str, other: str) -> bool:
    """Return whether two messages agree; numbers that are marked in `known` may differ."""
    if known == other or known.startswith("‹"):
        return True
    if _template(known) != _template(other):
        return False
    if (same := _same_estimate(known, other)) is not None:
        return same
    pairs = zip(
        _NUMBER.finditer(_without_written(known)),
        _NUMBER.finditer(_without_written(other)),
        strict=True,
    )
    return all(bool(a[1]) or _close(_value(a[2]), _value(b[2])) for a, b in pairs)


def _same_estimate(known: str, other: str) -> bool | None:
    """Return whether two estimates agree; None if the messages contain no estimates."""
    first, second = _ESTIMATE.search(known), _ESTIMATE.search(other)
    if not first or not second:
        return None
    (expected, allowed, a), (wanted, _, b) = (map(_value, one.groups()) for one in (first, second))
    # Both estimates vary by chance, and large ones by more than the allowed deviation.
    return _close(expected, wanted) and abs(a - b) <= allowed + 0.02 * max(abs(a), abs(b))


def _without_written(message: str) -> str:
    return _WRITTEN.sub("", message)


def _template(message: str) -> str:
    return _NUMBER.sub("#", _without_written(message))


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= _RELATIVE_TOLERANCE * max(abs(one), abs(other))


def _value(text: str) -> float:
    try:
        return float(_MARKED.sub(r"\1", text).replace(",", "").replace("−", "-"))
    except ValueError:
        return float("nan")
