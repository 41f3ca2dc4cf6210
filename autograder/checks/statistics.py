"""Statistics of noise and their limits; a right answer exceeds a limit with a risk below 1e-9.

All bounds hold for every n; none uses a normal approximation. The limits of the mean and of the
standard deviation are in `checkkit.sampling_limits`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

# P(sup |F_n − F| > e) ≤ 2·exp(−2·n·e²), exact for every n (Dvoretzky, Kiefer, Wolfowitz; Massart).
RISK = 1e-10
# All pairs of up to 64 rows, two kinds of signs each: 2·2,016·2·exp(−8²/2) = 1.0e-10 (Hoeffding).
PAIR_STANDARD_ERRORS = 8.0
# Signs are relative to the median of another draw, which may be 7 standard errors off. Then a sign
# has a mean of at most 0.03, and a product of two signs has a mean of at most 0.001.
PAIR_BIAS = 0.001
# Weak dependence everywhere is measured by the products of the signs of neighbours; for independent
# signs, these products are independent signs again. There are eight kinds of products, so by
# Hoeffding the risk is 8·2·exp(−7.7²/2) = 2.2e-12. The other 0.3 of the 8 standard errors allow for
# a median that is 7 of its own standard errors off: then signs have a mean of at most 0.014,
# products one of at most 0.0002. Neighbours with a correlation of 0.02 give (2/π)·asin 0.02 =
# 0.0127: 5 standard errors above the limit at 2^20 products.
SERIAL_BIAS = 0.0002
# All lags around a ring of 2^18 draws, two kinds of signs. The pairs a lag apart form cycles of
# even length, so they are two sets of 2^17 pairs without a common draw, with independent products.
# By Hoeffding: 2·2^17·2·2·exp(−9²/2) = 2.7e-12.
LAG_STANDARD_ERRORS = 9.0
# Tails: beyond how many σ draws are counted, on how many sides, and the standard errors allowed. Of
# 2^20 draws, 2,831 are expected beyond 3, 66 beyond 4, and 1,415 beyond 3 on one side. By Chernoff,
# the risks of being above the limits are 6.3e-11, 1.7e-11 and twice 9.2e-11; those of being below
# are smaller. Together: 5e-10.
TAILS = ((3.0, 2, 7.0), (4.0, 2, 8.0), (3.0, 1, 7.0))
# That no draw is beyond this has a probability of 6e-12 in 32,000 draws, and of 0.04 in 4,000.
BEYOND = 3.35
# How often one value may occur in 2^20 draws. In float32 noise, drawn with 24 random bits, no value
# has a probability above 2^−22. Each is expected 0.25 times, and some value occurs more than 30
# times with a probability below 2^22 · 0.25^31 / 31! = 2e-46. If one draw in a thousand is left
# out, 0 occurs a thousand times.
MOST_REPEATS = 30
# The share of 2^20 draws that must be different numbers. In float32 noise, at most 2^40/2 · 2^−22 =
# 2^17 pairs of draws are expected to be equal, an eighth of the draws; half would be four times
# that.
FEWEST_DIFFERENT = 0.5


def kolmogorov_limit(draws: int) -> float:
    """Return how far an empirical distribution may be from the true one."""
    return math.sqrt(math.log(2 / RISK) / (2 * draws))


def standardised_limit(draws: int) -> float:
    """Return how far the distribution of standardised normal draws may be from N(0, 1).

    Draws are standardised by their own mean and standard deviation, which are off by at most 7
    standard errors. That moves the distribution function by at most φ(0) = 0.399 times the error
    of the mean, and by max |x·φ(x)| = 0.242 times that of the standard deviation.
    """
    errors = 7 * (0.399 / math.sqrt(draws) + 0.242 / math.sqrt(2 * draws))
    return kolmogorov_limit(draws) + errors


def two_sample_limit(draws: int, comparisons: int) -> float:
    """Return how far two empirical distributions of `draws` equally distributed draws may be apart.

    P(sup > e) ≤ 2·exp(−n·e²) for two samples of n ≥ 458 each (Wei and Dudley, 2012).
    """
    return math.sqrt(math.log(2 * comparisons / RISK) / draws)


def sorted_values(values: Tensor) -> Tensor:
    """Return the values in ascending order.

    NumPy sorts a million values in a tenth of torch's time. To test for sorted values takes a
    thirtieth of sorting them again.
    """
    flat = values.flatten().double()
    if bool((flat[1:] >= flat[:-1]).all()):
        return flat
    return torch.from_numpy(np.sort(flat.numpy()))


def kolmogorov_distance(values: Tensor) -> float:
    """Return the largest distance between the values' distribution and N(0, 1)."""
    ordered = sorted_values(values)
    normal = (1 + torch.erf(ordered / math.sqrt(2))) / 2
    steps = torch.arange(len(ordered) + 1, dtype=torch.float64) / len(ordered)
    return max((normal - steps[:-1]).max().item(), (steps[1:] - normal).max().item())


def most_common(values: Tensor) -> tuple[float, int]:
    """Return the most common value and its count."""
    found, times = torch.unique_consecutive(sorted_values(values), return_counts=True)
    place = int(times.argmax())
    return found[place].item(), int(times[place])


def different_share(values: Tensor) -> float:
    """Return the share of the values that are different numbers."""
    return len(torch.unique_consecutive(sorted_values(values))) / values.numel()


def two_sample_distance(first: Tensor, second: Tensor) -> float:
    """Return the largest distance between the distributions of two samples of equal size."""
    both = torch.cat([first, second]).sort().values
    left = torch.searchsorted(first.sort().values, both, right=True)
    right = torch.searchsorted(second.sort().values, both, right=True)
    return (left - right).abs().max().item() / len(first)


def tail_share(tail: float, sides: int) -> float:
    """Return the share of normal noise beyond `tail`, on one side or on two."""
    return sides * math.erfc(tail / math.sqrt(2)) / 2


def tail_limit(tail: float, sides: int, errors: float, draws: int) -> float:
    """Return how far the share beyond `tail` may be off in `draws` draws, 2^20 or more."""
    share = tail_share(tail, sides)
    return errors * math.sqrt(share * (1 - share) / draws)


def strongest_pair(rows: Tensor, another: Tensor) -> tuple[float, int, int]:
    """Return the strongest dependence between two rows of noise, and the two rows.

    Two kinds of signs are compared: those of the noise, and those of its absolute value minus the
    median of that. The first show shared noise, the second shared noise with another sign.

    Args:
        rows: Noise, shape (rows, n).
        another: Noise of another call. Signs are relative to its median.
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
    """Return where noise is above the median of another draw, and where its absolute value is."""
    middle = another.median()
    size = (another - middle).abs().median()
    return [noise >= middle, (noise - middle).abs() >= size]


def serial_correlation(
    noise: Tensor, another: Tensor, axis: int
) -> Iterator[tuple[str, float, int]]:
    """Yield the kind of neighbours, how strongly they depend, and the number of pairs measured.

    Neighbours are 1, 2, or half the axis apart, or at mirrored positions.

    Args:
        noise: Noise, of any shape.
        another: Noise of another call. Signs are relative to its median.
        axis: The axis along which elements are neighbours.
    """
    length = noise.shape[axis]
    for signs in _signs(noise, another):
        s = signs.movedim(axis, 0)
        for lag in sorted({1, 2, length // 2}):
            yield f"{lag} apart", *_agreement(s[:-lag], s[lag:])
        half = length // 2
        yield "mirrored", *_agreement(s[:half], s.flip(0)[:half])


def _agreement(one: Tensor, other: Tensor) -> tuple[float, int]:
    """Return the absolute mean of the products of signs, and the number of products."""
    pairs = one.numel()
    return abs(1 - 2 * int((one != other).sum()) / pairs), pairs


def strongest_lag(noise: Tensor, another: Tensor) -> tuple[int, float]:
    """Return how far apart the draws are that depend most on each other, and how strongly.

    Draws are in row-major order, and the first follows the last. Noise that is repeated after any
    number of rows shows here.

    Args:
        noise: Noise; the number of draws is a power of 2.
        another: Noise of another call. Signs are relative to its median.
    """
    n, strongest = noise.numel(), (0, 0.0)
    for above in _signs(noise.flatten(), another):
        # float32: the sums are whole numbers below 2^24, and errors are far below the limit.
        spectrum = torch.fft.rfft(above.float() * 2 - 1)
        means = torch.fft.irfft(spectrum * spectrum.conj(), n)[1 : n // 2 + 1].abs() / n
        lag = int(means.argmax())
        strongest = max(strongest, (1 + lag, means[lag].item()), key=lambda one: one[1])
    return strongest


def lag_limit(draws: int) -> float:
    """Return how strongly independent draws at any distance may seem to depend, in 2^18 draws."""
    return LAG_STANDARD_ERRORS * math.sqrt(2 / draws) + SERIAL_BIAS


def serial_limit(pairs: int) -> float:
    """Return how strongly independent neighbours may seem to depend, in 2^18 pairs or more."""
    return PAIR_STANDARD_ERRORS / math.sqrt(pairs) + SERIAL_BIAS


def pair_limit(draws: int) -> float:
    """Return how strongly two independent rows of `draws` draws may seem to depend."""
    return PAIR_STANDARD_ERRORS / math.sqrt(draws) + PAIR_BIAS
