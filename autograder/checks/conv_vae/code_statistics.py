"""Test the codes of a model's images as draws from N(0, 1); see `code_readout`.

For a model whose codes cannot be read, `image_statistics.expect_one_distribution` is the only test.
It is less sensitive.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from lab.checks.vae import VAE, encoded, forwarded, sampled
from torch import Tensor

from checkkit import expect, sampling_limits
from checkkit.expect import Hint

from .. import statistics
from ..digits import some
from . import code_readout, diagnosis, reachability
from .code_readout import EXACT, EXACT_OF_TWO, Read
from .image_statistics import PER_CALL

# 4,000 codes are tested first. If they are not clearly right, which happens to one right answer in
# six, 8,000 are; if these are not, 32,000 are. The test of 8,000 can pass but not fail: another
# test that can fail would be another risk. A deviation of 1.05 is noticed with a probability of
# 0.99, one of 1.1 always.
FIRST, SECOND, ALL = 4, 8, 32
# Codes are clearly right within 2 standard errors of mean and deviation, and within a distance of
# 1.42 / √n (Kolmogorov's distribution: 3.5 %).
CLEAR, CLEAR_DISTANCE = 2.0, 1.42
# Two dimensions: 1,000 images, because a mistake in two dimensions alone is not a small one. 8
# standard errors: by Chernoff, 7 are too few for so few draws.
ERRORS_OF_TWO = 8.0
# The share of codes that may be unreadable: 0.0003 % of right codes are too far out, so 5 % of
# 1,000 never are.
UNREAD = 0.05


def expect_sample_standard(ConvVAE: VAE) -> None:
    """Fail unless the codes that `sample` decodes are N(0, 1); pass if they cannot be read."""
    model = ConvVAE(latent_dim=1).eval()
    with torch.no_grad():
        if (read := code_readout.of_curve(model)) is None:
            return
        expect_standard(
            lambda: read(sampled(model, PER_CALL)),
            "ConvVAE.sample: z",
            "latent_dim = 1",
            diagnosis.prior_mistake,
        )


def expect_forward_standard(ConvVAE: VAE) -> None:
    """Fail unless (z − mu) / σ in `forward` is N(0, 1); pass if z cannot be read."""
    found = forward_noise(ConvVAE, -3.0)
    if found is not None:
        with torch.no_grad():
            expect_standard(
                found[0],
                "ConvVAE.forward: (z − mu) / σ",
                f"logvar = {found[1]:.3g}",
                lambda _eps: diagnosis.forward_mistake(partial(forward_noise, ConvVAE)),
            )


def forward_noise(ConvVAE: VAE, wanted: float) -> tuple[Callable[[], Tensor], float] | None:
    """Return a sampler of (z − mu) / σ in `forward`, and the logvar; None if z cannot be read.

    Args:
        ConvVAE: The student's class.
        wanted: The logvar that the model is trained for; it comes close.
    """
    model, x = ConvVAE(latent_dim=1).eval(), some(1)
    with torch.enable_grad():
        reachability.steer_posterior(model, x.repeat(2, 1, 1, 1), 1, wanted)
    with torch.no_grad():
        mu, logvar = (part.item() for part in encoded(model, x, 1))
        read = code_readout.of_curve(model, mu, math.exp(logvar / 2))
        batch = x.repeat(PER_CALL, 1, 1, 1)

    @torch.no_grad()
    def draw(read: Read) -> Tensor:
        return read(forwarded(model, batch, 1)[0])

    return None if read is None else (partial(draw, read), logvar)


def expect_standard(
    draw: Callable[[], Tensor],
    name: str,
    detail: str,
    evidence: Callable[[Tensor], Hint | None] = lambda _eps: None,
) -> None:
    """Fail unless draws are independent noise from N(0, 1).

    A right answer fails with a probability below 7e-10: at 4,000 and at 32,000 draws, deviation and
    mean (`checkkit.sampling_limits`), distribution and neighbours (`statistics`) have one limit
    each.

    Args:
        draw: Returns the noise of one call, `PER_CALL` numbers.
        name: How messages name the noise: "ConvVAE.sample: z".
        detail: How it was drawn.
        evidence: Returns the mistake that explains the noise, or None.
    """
    calls: list[Tensor] = []
    for count in (FIRST, SECOND, ALL):
        calls += [draw() for _ in range(count - len(calls))]
        eps = torch.cat(calls)
        if count != SECOND:
            _expect_normal(eps, name, detail, partial(evidence, eps))
            _expect_no_serial_correlation(torch.stack(calls), name)
        if _clearly_right(eps):
            return


def expect_standard_in_two(
    codes: Tensor,
    name: str,
    detail: str,
    evidence: Callable[[Tensor], Hint | None] = lambda _codes: None,
) -> None:
    """Fail unless the codes of images, (n, 2), are independent noise from N(0, 1).

    A right answer fails with a probability below 2e-10; see `expect_standard`. All numbers together
    and those of each dimension are tested.

    Args:
        codes: What `code_readout.of_surface` returns: NaN for an image that could not be read.
        name: How messages name the noise: "ConvVAE.sample: z".
        detail: How it was drawn.
        evidence: Returns the mistake that explains the codes, or None.
    """
    lost = codes.isnan().any(1).double().mean().item()
    answer, _, noise = name.partition(": ")
    expect.that(
        lost <= UNREAD,
        f"{answer}: expected images as decode gives them near N(0, I), got others in {lost:.0%}",
    )
    eps = codes[~codes.isnan().any(1)]
    explain = partial(evidence, eps)
    for part, values in (("", eps.flatten()), ("[:, 0]", eps[:, 0]), ("[:, 1]", eps[:, 1])):
        error, how = ERRORS_OF_TWO / math.sqrt(len(values)), f"{len(values):,} draws, {detail}"
        for what, got, wanted, limit in (
            ("standard deviation", values.std().item(), 1.0, error / math.sqrt(2)),
            ("mean", values.mean().item(), 0.0, error),
        ):
            full = f"{name}{part}, {what},"
            expect.estimate(got, wanted, limit + EXACT_OF_TWO, full, how, evidence=explain)
    distance = statistics.kolmogorov_distance(eps)
    limit = statistics.kolmogorov_limit(eps.numel()) + EXACT_OF_TWO
    how = f"{eps.numel():,} draws, {detail}"
    expect.estimate(distance, 0, limit, f"{name}, distance from N(0, 1),", how, evidence=explain)
    strength = statistics.strongest_pair(eps.T, _quantiles())[0]
    # An error of EXACT_OF_TWO in the codes makes at most that share of their signs wrong.
    limit = statistics.pair_limit(len(eps)) + EXACT_OF_TWO
    full, how = f"{answer}: dependence of {noise}[:, 0] and [:, 1]", f"{len(eps):,} draws each"
    expect.estimate(strength, 0, limit, full, how, evidence=explain)


def _expect_normal(
    eps: Tensor, name: str, detail: str, evidence: Callable[[], Hint | None]
) -> None:
    draws = len(eps)
    detail = f"{draws:,} draws, {detail}"
    for what, got, wanted, limit in (
        ("standard deviation", eps.std().item(), 1.0, sampling_limits.deviation_limit(draws)),
        ("mean", eps.mean().item(), 0.0, sampling_limits.mean_limit(draws)),
        (
            "distance from N(0, 1)",
            statistics.kolmogorov_distance(eps),
            0.0,
            statistics.kolmogorov_limit(draws),
        ),
    ):
        full = f"{name}, {what},"
        expect.estimate(got, wanted, limit + EXACT, full, detail, evidence=evidence)
    expect.that(
        bool((eps.abs() > statistics.BEYOND).any()) or draws < ALL * PER_CALL,
        f"{name}: expected some beyond ±{statistics.BEYOND:g} in {draws:,} draws, got none",
    )


def _expect_no_serial_correlation(calls: Tensor, name: str) -> None:
    """Fail if neighbouring draws of a call, (calls, n), depend on each other."""
    answer, _, noise = name.partition(": ")
    for apart, strength, pairs in statistics.serial_correlation(calls, _quantiles(), 1):
        full = f"{answer}: dependence of {noise} (images {apart})"
        expect.estimate(strength, 0, statistics.serial_limit(pairs), full, f"{pairs:,} pairs")


def _clearly_right(eps: Tensor) -> bool:
    n = len(eps)
    return (
        abs(eps.std().item() - 1) < CLEAR / math.sqrt(2 * n)
        and abs(eps.mean().item()) < CLEAR / math.sqrt(n)
        and statistics.kolmogorov_distance(eps) < CLEAR_DISTANCE / math.sqrt(n)
        and bool((eps.abs() > statistics.BEYOND).any())
    )


def _quantiles() -> Tensor:
    """Return numbers with the median, and the median absolute value, of N(0, 1)."""
    return math.sqrt(2) * torch.erfinv(torch.linspace(-0.999, 0.999, 999, dtype=torch.float64))
