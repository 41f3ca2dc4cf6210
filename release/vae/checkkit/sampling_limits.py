"""How far the mean and the standard deviation of a right answer's noise may be off by chance.

Every limit is `STANDARD_ERRORS` standard errors of the measured number. The probability that a
right answer exceeds a limit is bounded by Chernoff's inequality, which is exact for every n and
uses no normal approximation. It is below 1e-9 for each check.
"""

from __future__ import annotations

import math

__all__ = ["STANDARD_ERRORS", "deviation_limit", "mean_limit"]

# 7 standard errors. Variance of n = 20,000 draws: P ≤ exp(−n/2·(x − ln(1 + x))) at x = 7·√(2/n),
# 6.8e-11 above and 6.9e-12 below. Mean of n draws: 2·exp(−7²/2) = 4.6e-11 for every n.
STANDARD_ERRORS = 7.0


def mean_limit(draws: int, sigma: float = 1.0) -> float:
    """Return how far the mean of `draws` normal numbers may be from the true mean."""
    return STANDARD_ERRORS * sigma / math.sqrt(draws)


def deviation_limit(draws: int, sigma: float = 1.0) -> float:
    """Return how far the standard deviation of `draws` normal numbers may be from the true one."""
    return STANDARD_ERRORS * sigma / math.sqrt(2 * draws)
