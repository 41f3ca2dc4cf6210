"""Find the known mistake that explains what an answer does.

A mistake is recognised by behaviour, whatever the code looks like: on every input tried, the answer
must give what the mistake gives, and no other known mistake may give the same. A wrong explanation
is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache

from checkkit import expect
from checkkit.expect import Failure, Hint

# Cached: while it shrinks a failing input, Hypothesis asks for the same explanation many times.
once = lru_cache(maxsize=4)


def only(hints: Sequence[Hint]) -> Hint | None:
    """Return the one hint; None if there are none or several."""
    return hints[0] if len(hints) == 1 else None


def matching(
    measured: Sequence[float],
    mistakes: Mapping[str, tuple[Sequence[float], str]],
    tolerance: float,
) -> Hint | None:
    """Return the hint of the one mistake that gives all measured numbers.

    Args:
        measured: What the answer gave on each input.
        mistakes: By name, what each mistake gives on these inputs, and its hint.
        tolerance: Relative tolerance.
    """
    return only(
        [
            Hint(hint, name)
            for name, (values, hint) in mistakes.items()
            if all(
                abs(got - value) <= tolerance * abs(value)
                for got, value in zip(measured, values, strict=True)
            )
        ]
    )


@contextmanager
def explained(evidence: Callable[[], Hint | None]) -> Iterator[None]:
    """Give a failure without a hint the one that `evidence` finds.

    What `evidence` raises is ignored: the failure that is being reported comes first.
    """
    try:
        yield
    except Failure as failure:
        if failure.hint:
            raise
        found = None
        with suppress(Exception):
            found = evidence()
        expect.fail(failure.message, found, failure.images)
