"""Limits of the statistical checks, each with what a right answer risks at it: below 1e-9.

The bounds hold for every n; none rests on a normal approximation. `lab.checks.chance` has those
of the mean and of the standard deviation.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

# P(sup |F_n − F| > e) ≤ 2·exp(−2·n·e²), exact for every n (Dvoretzky, Kiefer, Wolfowitz; Massart).
RISK = 1e-10
# All pairs of up to 64 rows, two kinds of sign each: 2·2,016·2·exp(−8²/2) = 1.0e-10 (Hoeffding).
PAIR_STANDARD_ERRORS = 8.0
# The signs are taken about the median of another draw, which may be 7 standard errors off, so that
# each has a mean of at most 0.03 and a product of two one of at most 0.001.
PAIR_BIAS = 0.001
# How far out noise is counted, and the standard errors allowed there. In 2^20 draws 2,831 are
# expected beyond 3 and 66 beyond 4; by Chernoff 6.6e-11 to be above the limits, less to be below.
TAILS = {3.0: 7.0, 4.0: 8.0}


def kolmogorov_limit(draws: int) -> float:
    """Return how far an empirical distribution may be from its true one."""
    return math.sqrt(math.log(2 / RISK) / (2 * draws))


def two_sample_limit(draws: int, comparisons: int) -> float:
    """Return how far two empirical distributions of the same may be apart, each of so many draws.

    P(sup > e) ≤ 2·exp(−n·e²) for two samples of n ≥ 458 each (Wei and Dudley, 2012).
    """
    return math.sqrt(math.log(2 * comparisons / RISK) / draws)


def kolmogorov_distance(values: Tensor) -> float:
    """Return the largest distance between the values' distribution and N(0, 1)."""
    ordered = values.flatten().double().sort().values
    normal = (1 + torch.erf(ordered / math.sqrt(2))) / 2
    steps = torch.arange(len(ordered) + 1, dtype=torch.float64) / len(ordered)
    return max((normal - steps[:-1]).max().item(), (steps[1:] - normal).max().item())


def two_sample_distance(first: Tensor, second: Tensor) -> float:
    """Return the largest distance between the distributions of two samples of one size."""
    both = torch.cat([first, second]).sort().values
    left = torch.searchsorted(first.sort().values, both, right=True)
    right = torch.searchsorted(second.sort().values, both, right=True)
    return (left - right).abs().max().item() / len(first)


def tail_share(tail: float) -> float:
    """Return the share of normal noise that is larger than `tail` in size."""
    return math.erfc(tail / math.sqrt(2))


def tail_limit(tail: float, draws: int) -> float:
    """Return how far that share may be off in so many draws, 2^20 or more."""
    share = tail_share(tail)
    return TAILS[tail] * math.sqrt(share * (1 - share) / draws)


def strongest_pair(rows: Tensor, another: Tensor) -> tuple[float, int, int]:
    """Return the strongest dependence between two rows of noise, and which two rows they are.

    Compared are the signs of the noise, and the signs of its size minus the median size: the first
    see noise that is shared, the second see noise that is shared but for its sign.

    Args:
        rows: Noise, shape (rows, n).
        another: Noise of another call, whose median the signs are taken about.
    """
    strongest = (0.0, 0, 0)
    middle = another.median()
    size = (another - middle).abs().median()
    for signs in (rows >= middle, (rows - middle).abs() >= size):
        s = signs.double() * 2 - 1
        together = (s @ s.T / s.shape[1]).abs().triu(diagonal=1)
        place = int(together.argmax())
        found = (together.flatten()[place].item(), *divmod(place, len(rows)))
        strongest = max(strongest, found)
    return strongest


def pair_limit(draws: int) -> float:
    """Return how strongly two independent rows of so many draws may seem to depend."""
    return PAIR_STANDARD_ERRORS / math.sqrt(draws) + PAIR_BIAS
