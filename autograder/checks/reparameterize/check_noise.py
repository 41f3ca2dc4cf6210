"""reparameterize: the noise is normal, and new for every element at every call.

Source: Kingma & Welling (2014), section 2.4. The noise is computed back from z; see `noise` and
`statistics`.
"""

from __future__ import annotations

from functools import partial

import torch

from checkkit import expect

from .. import statistics
from . import diagnosis, noise
from .noise import NAME, Reparameterize


def check_noise_is_normal(reparameterize: Reparameterize) -> None:
    """The noise is distributed as N(0, 1).

    Catches uniform, Laplace, skewed and clipped noise, also with a variance of 1, and noise that is
    sometimes left out.
    """
    eps = statistics.sorted_values(noise.many(reparameterize))
    distance, limit = statistics.kolmogorov_distance(eps), statistics.kolmogorov_limit(eps.numel())
    name = f"{NAME}: distance of the noise's distribution from N(0, 1)"
    detail = f"Kolmogorov-Smirnov, logvar = 0, {eps.numel():,} draws"
    expect.estimate(distance, 0, limit, name, detail)
    value, times = statistics.most_common(eps)
    expect.that(
        times <= statistics.MOST_REPEATS,
        f"{NAME}: expected noise that is different every time, got {value:.3g} for z "
        f"{times:,} times in {eps.numel():,} draws (mu = 0, logvar = 0)",
    )
    share = statistics.different_share(eps)
    expect.that(
        share >= statistics.FEWEST_DIFFERENT,
        f"{NAME}: expected noise that is different every time, got {share:.0%} different numbers "
        f"in {eps.numel():,} draws (mu = 0, logvar = 0)",
    )


def check_noise_has_a_normal_shape(reparameterize: Reparameterize) -> None:
    """Whatever its mean and its spread, the noise has the shape of a normal distribution.

    Catches uniform, Laplace and shared noise. A wrong σ alone passes, and so does a wrong mean.
    """
    eps = noise.draw(reparameterize, logvar=1.0).flatten()
    standardised = (eps - eps.mean()) / eps.std().clamp(min=1e-12)  # constant noise is 0
    distance = statistics.kolmogorov_distance(standardised)
    limit = statistics.standardised_limit(eps.numel())
    name = f"{NAME}: distance of the standardised noise's distribution from N(0, 1)"
    detail = f"Kolmogorov-Smirnov, logvar = 1, {eps.numel():,} draws"
    expect.estimate(distance, 0, limit, name, detail)


def check_tails_are_normal(reparameterize: Reparameterize) -> None:
    """As much of the noise lies beyond three and four σ as should, and on each side.

    Catches truncated noise, sums of a few uniform numbers, heavier tails, and skewed noise.
    """
    eps = noise.many(reparameterize)
    for tail, sides, errors in statistics.TAILS:
        limit = statistics.tail_limit(tail, sides, errors, eps.numel())
        kinds = {"|z − mu|": eps.abs()} if sides == 2 else {"z − mu": eps, "mu − z": -eps}
        for name, values in kinds.items():
            expect.estimate(
                (values > tail).double().mean().item(),
                statistics.tail_share(tail, sides),
                limit,
                f"{NAME}: share of {name} > {tail:g}σ",
                f"{eps.numel():,} draws, {errors:g} standard errors",
            )


def check_rows_are_independent(reparameterize: Reparameterize) -> None:
    """Every image of a batch gets noise of its own.

    Catches one eps for the batch, antithetic rows, noise standardised over the batch, noise that
    leaks into the next image, and noise that is repeated in large batches.
    """
    shared = partial(diagnosis.shared_noise_mistake, reparameterize)
    for rows in (64, 2):
        eps, another = (noise.draw(reparameterize, rows, noise.LONG) for _ in range(2))
        noise.expect_independent(eps, another, "rows", shared)
    noise.expect_no_serial_correlation(reparameterize, 1, "rows")
    noise.expect_no_repetition(reparameterize)


def check_columns_are_independent(reparameterize: Reparameterize) -> None:
    """Every latent dimension gets noise of its own.

    Catches one eps for a whole row, and dimensions that share some of their noise.
    """
    shared = partial(diagnosis.shared_noise_mistake, reparameterize)
    for columns in (64, 2):
        eps, another = (noise.draw(reparameterize, noise.LONG, columns) for _ in range(2))
        noise.expect_independent(eps.T, another, "columns", shared)
    noise.expect_no_serial_correlation(reparameterize, 2, "columns")


def check_calls_are_independent(reparameterize: Reparameterize) -> None:
    """Every call draws noise of its own.

    Catches a seed set inside, stored noise, and noise that is a function of the inputs.
    """
    calls = [noise.draw(reparameterize, 64, 64, mu=float(call // 12)) for call in range(25)]
    eps = torch.stack([call.flatten() for call in calls[:-1]])
    noise.expect_independent(eps, calls[-1], "calls")
    noise.expect_no_serial_correlation(reparameterize, 0, "calls")
