"""Find the known mistake that explains what an answer does.

A mistake is recognized by behaviour, whatever the code looks like: on every input tried, the answer
must give what the mistake gives, and no other known mistake may give the same. A wrong explanation
is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache

from checkkit.expect import Hint

# Sizes that people write into their code, and some that nobody does.
COMMON = (8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 512)
UNCOMMON = (3, 5, 31)

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
    """Give a failure without a hint, or an answer's exception, the hint that `evidence` finds.

    What `evidence` raises is ignored: the failure that is being reported comes first.
    """
    try:
        yield
    except Exception as raised:
        if not getattr(raised, "hint", None):
            with suppress(Exception):
                if found := evidence():
                    vars(raised).update(hint=found.text, misconception=found.misconception)
        raise


def only_size(works: Callable[[int], object]) -> int | None:
    """Return the one size of those that are common for which `works` raises nothing.

    Returns:
        None if none or several sizes work.
    """
    working = []
    for size in (*UNCOMMON, *COMMON):
        with suppress(Exception):
            works(size)
            working.append(size)
    return working[0] if len(working) == 1 and working[0] in COMMON else None
