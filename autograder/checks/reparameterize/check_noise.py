"""reparameterize: the noise is normal, and new for every element at every call.

Source: Kingma & Welling (2014), section 2.4. It is read back from z; see `noise` and `limits`.
"""

from __future__ import annotations

from functools import partial

import torch

from checkkit import expect

from .. import diagnosis, statistics
from . import noise
from .noise import NAME, Reparameterize


def check_noise_is_normal(reparameterize: Reparameterize) -> None:
    """The noise is distributed as N(0, 1).

    Catches uniform, Laplace, skewed and clipped noise, also where its variance is 1, and noise that
    is left out here and there.
    """
    eps = statistics.in_order(noise.many(reparameterize))
    distance, limit = statistics.kolmogorov_distance(eps), statistics.kolmogorov_limit(eps.numel())
    name = f"{NAME}: distance of the noise's distribution from N(0, 1)"
    detail = f"Kolmogorov-Smirnov, logvar = 0, {eps.numel():,} draws"
    expect.estimate(distance, 0, limit, name, detail)
    value, times = statistics.commonest(eps)
    expect.that(
        times <= statistics.MOST_OFTEN,
        f"{NAME}: expected noise that is different every time, got {value:.3g} for z "
        f"{times:,} times in {eps.numel():,} draws (mu = 0, logvar = 0)",
    )


def check_tails_are_normal(reparameterize: Reparameterize) -> None:
    """As much of the noise lies beyond three and four σ as should, and on each side.

    Catches noise that is cut off, sums of a few uniform numbers, heavier tails, and a skew.
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

    Catches one eps for the batch, rows that mirror each other, noise normalised over the batch,
    and noise of which a little is left in the next image's.
    """
    shared = partial(diagnosis.of_shared, reparameterize)
    for rows in (64, 2):
        eps, another = (noise.draw(reparameterize, rows, noise.LONG) for _ in range(2))
        noise.expect_independent(eps, another, "rows", shared)
    noise.expect_no_thread(reparameterize, 1, "rows")


def check_columns_are_independent(reparameterize: Reparameterize) -> None:
    """Every latent dimension gets noise of its own.

    Catches one eps for all of a row, and dimensions that share a little of their noise.
    """
    shared = partial(diagnosis.of_shared, reparameterize)
    for columns in (64, 2):
        eps, another = (noise.draw(reparameterize, noise.LONG, columns) for _ in range(2))
        noise.expect_independent(eps.T, another, "columns", shared)
    noise.expect_no_thread(reparameterize, 2, "columns")


def check_calls_are_independent(reparameterize: Reparameterize) -> None:
    """Every call draws noise of its own.

    Catches a seed set inside, noise that is kept, and noise that follows from the inputs.
    """
    calls = [noise.draw(reparameterize, 64, 64, mu=float(call // 12)) for call in range(25)]
    eps = torch.stack([call.flatten() for call in calls[:-1]])
    noise.expect_independent(eps, calls[-1], "calls")
    noise.expect_no_thread(reparameterize, 0, "calls")
