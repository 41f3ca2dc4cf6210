"""Limits of the statistical checks, each with what a right answer risks at it: below 1e-9.

The bounds hold for every n; none rests on a normal approximation. `checkkit.sampling_limits` has those
of the mean and of the standard deviation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

# P(sup |F_n − F| > e) ≤ 2·exp(−2·n·e²), exact for every n (Dvoretzky, Kiefer, Wolfowitz; Massart).
RISK = 1e-10
# All pairs of up to 64 rows, two kinds of sign each: 2·2,016·2·exp(−8²/2) = 1.0e-10 (Hoeffding).
PAIR_STANDARD_ERRORS = 8.0
# The signs are taken about the median of another draw, which may be 7 standard errors off, so that
# each has a mean of at most 0.03 and a product of two one of at most 0.001.
PAIR_BIAS = 0.001
# For dependence that is weak but everywhere, the signs of neighbours are multiplied; of independent
# signs, these are independent signs again. Eight kinds of them, so by Hoeffding
# 8·2·exp(−7.7²/2) = 2.2e-12 (0.3 of the 8 standard errors are for a median that is 7 of
# its own off: signs with a mean of at most 0.014, products with one of at most 0.0002). Noise whose
# neighbours correlate by 0.02 gives (2/π)·asin 0.02 = 0.0127: at 2^20 products, 5 above the limit.
THREAD_BIAS = 0.0002
# How far out noise is counted, on how many sides, and the standard errors allowed there. In 2^20
# draws 2,831 are expected beyond 3, 66 beyond 4, and 1,415 beyond 3 on one side. By Chernoff
# 6.3e-11, 1.7e-11 and twice 9.2e-11 to be above the limits, less to be below: 5e-10 together.
TAILS = ((3.0, 2, 7.0), (4.0, 2, 8.0), (3.0, 1, 7.0))
# In 32,000 draws none is beyond this with a probability of 6e-12, of 4,000 with one of 0.04.
BEYOND = 3.35
# How often one value may come in 2^20 draws. Of noise drawn in float32, with 24 random bits, none
# has a probability above 2^−22: 0.25 times are expected, and some value comes more than 30 times
# with a probability below 2^22 · 0.25^31 / 31! = 2e-46. Noise that is left out one time in a
# thousand gives 0 a thousand times.
MOST_OFTEN = 30


def kolmogorov_limit(draws: int) -> float:
    """Return how far an empirical distribution may be from its true one."""
    return math.sqrt(math.log(2 / RISK) / (2 * draws))


def two_sample_limit(draws: int, comparisons: int) -> float:
    """Return how far two empirical distributions of the same may be apart, each of so many draws.

    P(sup > e) ≤ 2·exp(−n·e²) for two samples of n ≥ 458 each (Wei and Dudley, 2012).
    """
    return math.sqrt(math.log(2 * comparisons / RISK) / draws)


def in_order(values: Tensor) -> Tensor:
    """Return the values in order; NumPy sorts a million in a tenth of torch's time.

    To see that they are in order already takes a thirtieth of sorting them once more.
    """
    flat = values.flatten().double()
    if bool((flat[1:] >= flat[:-1]).all()):
        return flat
    return torch.from_numpy(np.sort(flat.numpy()))


def kolmogorov_distance(values: Tensor) -> float:
    """Return the largest distance between the values' distribution and N(0, 1)."""
    ordered = in_order(values)
    normal = (1 + torch.erf(ordered / math.sqrt(2))) / 2
    steps = torch.arange(len(ordered) + 1, dtype=torch.float64) / len(ordered)
    return max((normal - steps[:-1]).max().item(), (steps[1:] - normal).max().item())


def commonest(values: Tensor) -> tuple[float, int]:
    """Return the value that comes most often, and how often."""
    found, times = torch.unique_consecutive(in_order(values), return_counts=True)
    place = int(times.argmax())
    return found[place].item(), int(times[place])


def two_sample_distance(first: Tensor, second: Tensor) -> float:
    """Return the largest distance between the distributions of two samples of one size."""
    both = torch.cat([first, second]).sort().values
    left = torch.searchsorted(first.sort().values, both, right=True)
    right = torch.searchsorted(second.sort().values, both, right=True)
    return (left - right).abs().max().item() / len(first)


def tail_share(tail: float, sides: int) -> float:
    """Return the share of normal noise that lies further out than `tail`, on one side or two."""
    return sides * math.erfc(tail / math.sqrt(2)) / 2


def tail_limit(tail: float, sides: int, errors: float, draws: int) -> float:
    """Return how far that share may be off in so many draws, 2^20 or more."""
    share = tail_share(tail, sides)
    return errors * math.sqrt(share * (1 - share) / draws)


def strongest_pair(rows: Tensor, another: Tensor) -> tuple[float, int, int]:
    """Return the strongest dependence between two rows of noise, and which two rows they are.

    Compared are the signs of the noise, and the signs of its size minus the median size: the first
    see noise that is shared, the second see noise that is shared but for its sign.

    Args:
        rows: Noise, shape (rows, n).
        another: Noise of another call, whose median the signs are taken about.
    """
    strongest = (0.0, 0, 0)
    for above in _signs(rows, another):
        s = above.double() * 2 - 1
        together = (s @ s.T / s.shape[1]).abs().triu(diagonal=1)
        place = int(together.argmax())
        found = (together.flatten()[place].item(), *divmod(place, len(rows)))
        strongest = max(strongest, found)
    return strongest


def _signs(noise: Tensor, another: Tensor) -> list[Tensor]:
    """Return where noise is above the median of another draw, and where its size is."""
    middle = another.median()
    size = (another - middle).abs().median()
    return [noise >= middle, (noise - middle).abs() >= size]


def threads(noise: Tensor, another: Tensor, axis: int) -> Iterator[tuple[str, float, int]]:
    """Yield how strongly neighbours along an axis depend, and on how many pairs it was measured.

    Neighbours are those next to each other, those two apart, those half of the axis apart, and
    those that lie as far from one end as from the other.

    Args:
        noise: Noise, of any shape.
        another: Noise of another call, whose median the signs are taken about.
        axis: Along which of its axes neighbours are.
    """
    length = noise.shape[axis]
    for signs in _signs(noise, another):
        s = signs.movedim(axis, 0)
        for lag in sorted({1, 2, length // 2}):
            yield f"{lag} apart", *_agreement(s[:-lag], s[lag:])
        half = length // 2
        yield "mirrored", *_agreement(s[:half], s.flip(0)[:half])


def _agreement(one: Tensor, other: Tensor) -> tuple[float, int]:
    """Return the size of the mean product of signs, and how many products there are."""
    pairs = one.numel()
    return abs(1 - 2 * int((one != other).sum()) / pairs), pairs


def thread_limit(pairs: int) -> float:
    """Return how strongly neighbours may seem to depend in so many pairs, 2^18 or more."""
    return PAIR_STANDARD_ERRORS / math.sqrt(pairs) + THREAD_BIAS


def pair_limit(draws: int) -> float:
    """Return how strongly two independent rows of so many draws may seem to depend."""
    return PAIR_STANDARD_ERRORS / math.sqrt(draws) + PAIR_BIAS
