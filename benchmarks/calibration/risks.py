"""The error rates of the statistical checks.

The risk that a right answer fails is bounded by inequalities that hold for every n (Chernoff,
Hoeffding, Dvoretzky–Kiefer–Wolfowitz), summed over everything that a check compares. The
probability that the nearest mistake passes is a normal approximation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.checks import statistics
from autograder.checks.conv_vae import code_readout
from autograder.checks.conv_vae import code_statistics as codes
from autograder.checks.conv_vae import image_statistics as images
from autograder.checks.reparameterize import noise
from checkkit import sampling_limits


@dataclass(frozen=True)
class Risk:
    """One statistical check: its draws, its limit, and its error rates."""

    question: str
    check: str
    drawn: str
    limit: str
    risk: float
    nearest: str
    passes: float


def deviation_risk(draws: int, errors: float = sampling_limits.STANDARD_ERRORS) -> float:
    """Bound P(the standard deviation of normal draws exceeds the limit), by Chernoff for χ²."""
    x = errors * math.sqrt(2 / draws)
    above = math.exp(-draws / 2 * (x - math.log1p(x)))
    below = math.exp(-draws / 2 * (-x - math.log1p(-x)))
    return above + below


def mean_risk(errors: float = sampling_limits.STANDARD_ERRORS) -> float:
    """Bound P(the mean of normal draws exceeds the limit)."""
    return 2 * math.exp(-(errors**2) / 2)


def count_risk(expected: float, errors: float) -> float:
    """Bound P(a count exceeds the limit), by Chernoff for a sum of rare events."""
    x = errors / math.sqrt(expected)
    above = math.exp(-expected * ((1 + x) * math.log1p(x) - x))
    below = math.exp(-expected * ((1 - x) * math.log1p(-x) + x)) if x < 1 else 0.0
    return above + below


def sign_risk(comparisons: int, errors: float) -> float:
    """Bound P(a mean of random signs exceeds the limit in any comparison), by Hoeffding."""
    return comparisons * 2 * math.exp(-(errors**2) / 2)


def passing(effect: float, limit: float, error: float) -> float:
    """Return the probability that a mistake with this effect stays within the limit."""
    return math.erfc((effect - limit) / error / math.sqrt(2)) / 2


def risks() -> Iterator[Risk]:
    """Yield every statistical check, question by question."""
    yield from _of_reparameterize()
    yield from _of_dependence()
    yield from _of_conv_vae()


def _of_reparameterize() -> Iterator[Risk]:
    question, n, many = "reparameterize", 20_000, noise.CALLS * noise.DRAWS
    each, kinds = noise.PER_LOGVAR, len(noise.LOGVARS)
    yield Risk(
        question,
        "spread_is_sigma",
        f"{n:,}",
        f"σ ± {sampling_limits.deviation_limit(n):.1%}: 7 standard errors",
        deviation_risk(n),
        "σ 5 % wide",
        passing(0.05, sampling_limits.deviation_limit(n), 1.05 / math.sqrt(2 * n)),
    )
    yield Risk(
        question,
        "noise_has_mean_zero",
        f"{kinds} × {each:,}",
        f"± {1.02 * sampling_limits.mean_limit(each):.3f} σ: 7 standard errors",
        kinds * mean_risk(),
        "mean 0.05 σ off",
        passing(0.05, 1.02 * sampling_limits.mean_limit(each), 1 / math.sqrt(each)),
    )
    total = kinds * each
    yield Risk(
        question,
        "variance_is_exp_logvar",
        f"{kinds} × {each:,}",
        f"σ ± {sampling_limits.deviation_limit(each):.1%}, all together ± "
        f"{sampling_limits.deviation_limit(total):.2%}: 7 standard errors",
        kinds * deviation_risk(each) + deviation_risk(total),
        "σ 1 % wide",
        passing(0.01, sampling_limits.deviation_limit(total), 1 / math.sqrt(2 * total)),
    )
    limit = statistics.kolmogorov_limit(many)
    yield Risk(
        question,
        "noise_is_normal",
        f"{many:,}",
        f"distribution ± {limit:.4f}",
        statistics.RISK,
        "1 % of the noise left out",
        passing(0.005, limit, 0.5 / math.sqrt(many)),
    )
    cut = statistics.tail_share(4.0, 2) * many
    yield Risk(
        question,
        "tails_are_normal",
        f"{many:,}",
        "7, 8 and 7 standard errors of the count beyond 3σ, 4σ, and 3σ on one side",
        sum(
            (3 - s) * count_risk(statistics.tail_share(t, s) * many, e)
            for t, s, e in statistics.TAILS
        ),
        "cut off at 4σ: 0 beyond, for 66",
        0.0 if cut > 8 * math.sqrt(cut) else 1.0,
    )


def _of_dependence() -> Iterator[Risk]:
    question, errors = "reparameterize", statistics.PAIR_STANDARD_ERRORS
    pairs = noise.CALLS * (noise.SIDE - 1) * noise.SIDE
    limit = statistics.serial_limit(pairs)
    correlated = 2 / math.pi * math.asin(0.02)
    for check, rows in (("rows_are_independent", 64), ("columns_are_independent", 64)):
        compared = rows * (rows - 1) // 2 + 1
        # Repetition at any distance is looked for among the rows.
        lags = 2 * (noise.DRAWS // 2) * 2 if check == "rows_are_independent" else 0
        yield Risk(
            question,
            check,
            f"{compared:,} pairs of {noise.LONG:,}; {pairs:,} neighbours",
            f"± {statistics.pair_limit(noise.LONG):.3f} and ± {limit:.4f}: 8 standard errors",
            # 0.05 and 0.3 of the 8 standard errors allow for the estimated median.
            sign_risk(2 * compared, errors - 0.05)
            + sign_risk(8, errors - 0.3)
            + sign_risk(lags, statistics.LAG_STANDARD_ERRORS - 0.01),
            "neighbours that correlate by 0.02",
            passing(correlated, limit, 1 / math.sqrt(pairs)),
        )
    between = (noise.CALLS - 1) * noise.DRAWS
    yield Risk(
        question,
        "calls_are_independent",
        f"276 pairs of {noise.LONG:,}; {between:,} neighbours",
        f"± {statistics.pair_limit(noise.LONG):.3f} and ± {statistics.serial_limit(between):.4f}: "
        "8 standard errors",
        sign_risk(2 * 276, errors - 0.05) + sign_risk(8, errors - 0.3),
        "calls that correlate by 0.02",
        passing(correlated, statistics.serial_limit(between), 1 / math.sqrt(between)),
    )
    draws = noise.DRAWS
    yield Risk(
        question,
        "noise_needs_no_gradient",
        f"3 × {draws:,}",
        f"± {2 * sampling_limits.deviation_limit(draws):.1%}: 7 standard errors of each",
        3 * deviation_risk(draws),
        "noise 5 % smaller in eval mode",
        passing(0.05, 2 * sampling_limits.deviation_limit(draws), 1 / math.sqrt(draws)),
    )


def _of_conv_vae() -> Iterator[Risk]:
    first, second, most = (c * images.PER_CALL for c in (codes.FIRST, codes.SECOND, codes.ALL))
    limit = sampling_limits.deviation_limit(most) + code_readout.EXACT
    risk = sum(
        deviation_risk(n)
        + mean_risk()
        + statistics.RISK
        + sign_risk(8, statistics.PAIR_STANDARD_ERRORS)
        for n in (first, most)
    )
    risk += math.exp(-most * statistics.tail_share(statistics.BEYOND, 2))
    clear = sum(
        passing(0.05, codes.CLEAR / math.sqrt(2 * n), 1.05 / math.sqrt(2 * n))
        for n in (first, second)
    )
    # Codes of two dimensions are compared together and one by one. Where images are compared in
    # their place, the risk is lower.
    two, errors = 2 * images.PER_CALL, codes.ERRORS_OF_TWO
    risk += 3 * mean_risk(errors) + statistics.RISK + sign_risk(2, statistics.PAIR_STANDARD_ERRORS)
    risk += sum(deviation_risk(n, errors) for n in (two, two // 2, two // 2))
    in_two = errors / math.sqrt(2 * two) + code_readout.EXACT_OF_TWO
    mean = sampling_limits.mean_limit(most) + code_readout.EXACT
    for check in ("forward_decodes_mu_plus_sigma_eps", "sample_decodes_the_prior"):
        yield Risk(
            "conv_vae",
            check,
            f"{first:,} codes, {second:,} or {most:,} where those are not clearly right; {two:,} "
            f"of two dimensions (or 2 × {images.DRAWS:,} images, where codes cannot be read)",
            f"σ ± {limit:.1%}, mean ± {mean:.3f}, distribution "
            f"± {statistics.kolmogorov_limit(most) + code_readout.EXACT:.3f}, some beyond "
            f"±{statistics.BEYOND:g}; of two dimensions σ ± {in_two:.0%} (images ± "
            f"{statistics.two_sample_limit(images.DRAWS, 2 * images.DIRECTIONS):.3f})",
            risk,
            "σ 5 % wide; of two dimensions alone, 30 %",
            max(
                clear + passing(0.05, limit, 1.05 / math.sqrt(2 * most)),
                passing(0.3, in_two, 1.3 / math.sqrt(2 * two)),
            ),
        )
