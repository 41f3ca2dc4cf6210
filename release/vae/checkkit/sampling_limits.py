"""How far chance may lead a right answer astray, and no further.

Every limit is `STANDARD_ERRORS` of the number that is measured. What a right answer risks at each
is bounded here by Chernoff's inequality (exact for every n, no normal approximation), and stays
below 1e-9 a check.
"""

from __future__ import annotations

import math

# 7 standard errors. Variance of n = 20,000 draws: P ≤ exp(−n/2·(x − ln(1 + x))) at x = 7·√(2/n),
# 6.8e-11 above and 6.9e-12 below. Mean of n draws: 2·exp(−7²/2) = 4.6e-11, whatever n.
STANDARD_ERRORS = 7.0


def mean_limit(draws: int, sigma: float = 1.0) -> float:
    """Return how far the mean of so many normal draws may be from the true one."""
    return STANDARD_ERRORS * sigma / math.sqrt(draws)


def deviation_limit(draws: int, sigma: float = 1.0) -> float:
    """Return how far the standard deviation of so many normal draws may be from the true one."""
    return STANDARD_ERRORS * sigma / math.sqrt(2 * draws)
