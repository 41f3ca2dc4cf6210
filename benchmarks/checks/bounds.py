"""Upper bounds for the rate of something that was seen rarely, or never."""

from __future__ import annotations

import math

CONFIDENCE = 0.95


def upper_bound(seen: int, cases: int) -> float:
    """Return the largest probability that `seen` of `cases` do not contradict (Clopper-Pearson).

    For none of n it is 1 − 0.05^(1/n), a little less than 3 / n.
    """
    if seen >= cases:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        few = sum(
            math.comb(cases, k) * middle**k * (1 - middle) ** (cases - k) for k in range(seen + 1)
        )
        low, high = (middle, high) if few > 1 - CONFIDENCE else (low, middle)
    return high


def of(seen: int, cases: int) -> str:
    """Return "0 of 92 (95 %: below 3.2 %)"."""
    return f"{seen} of {cases} (95 %: below {100 * upper_bound(seen, cases):.1f} %)"
