"""Judge the codes of a model's images as draws from N(0, 1); see `reading`.

Images of a model that cannot be read are judged by `images.expect_one_distribution` alone, which
sees less.
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
from . import code_readout, diagnosis, reachability
from .code_readout import EXACT, EXACT_OF_TWO, Read
from .images import PER_CALL, some

# 4,000 codes are looked at; 8,000 where those are not clearly right, which happens to one right
# answer in six; 32,000 where these are not, either. The second look can only find them right: one
# more that can find them wrong would be one more risk. A deviation of 1.05 is seen with a
# probability of 0.99, one of 1.1 always.
FIRST, SECOND, ALL = 4, 8, 32
# Standard errors within which codes are clearly right: 2 of mean and deviation; 1.42 / √n for the
# distance (Kolmogorov's distribution: 3.5 %).
CLEAR, CLEAR_DISTANCE = 2.0, 1.42
# Of two dimensions, 1,000 images: a mistake that is made there alone is no small one. 8 standard
# errors, as 7 of so few draws are too few by Chernoff.
ERRORS_OF_TWO = 8.0
# More than 0.0003 % of right codes are too far out to be read; of 1,000, never one in twenty.
UNREAD = 0.05


def expect_sample_standard(ConvVAE: VAE) -> None:
    """Fail unless the codes that `sample` decodes are N(0, 1), where they can be read."""
    model = ConvVAE(latent_dim=1).eval()
    with torch.no_grad():
        if (read := code_readout.of_curve(model)) is None:
            return
        expect_standard(
            lambda: read(sampled(model, PER_CALL)),
            "ConvVAE.sample: z",
            "latent_dim = 1",
            diagnosis.of_prior,
        )


def expect_forward_standard(ConvVAE: VAE) -> None:
    """Fail unless (z − mu) / σ in `forward` is N(0, 1), where z can be read."""
    found = forward_noise(ConvVAE, -3.0)
    if found is not None:
        with torch.no_grad():
            expect_standard(
                found[0],
                "ConvVAE.forward: (z − mu) / σ",
                f"logvar = {found[1]:.3g}",
                lambda _eps: diagnosis.of_forward(partial(forward_noise, ConvVAE)),
            )


def forward_noise(ConvVAE: VAE, aim: float) -> tuple[Callable[[], Tensor], float] | None:
    """Return what draws (z − mu) / σ from `forward`, and logvar; None if z cannot be read.

    Args:
        ConvVAE: The student's class.
        aim: What logvar the model is trained to; it comes near it.
    """
    model, x = ConvVAE(latent_dim=1).eval(), some(1)
    with torch.enable_grad():
        reachability.steer_posterior(model, x.repeat(2, 1, 1, 1), 1, aim)
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
    """Fail unless what is drawn is independent noise from N(0, 1).

    A right answer fails with a probability below 7e-10: deviation, mean (`checkkit.sampling_limits`),
    distribution and neighbours (`limits`), each at its own limit, at 4,000 draws and at 32,000.

    Args:
        draw: Gives one call's noise, `PER_CALL` numbers.
        name: What to call the noise, "ConvVAE.sample: z".
        detail: How it was drawn.
        evidence: From the noise to the mistake that explains it.
    """
    calls: list[Tensor] = []
    for wanted in (FIRST, SECOND, ALL):
        calls += [draw() for _ in range(wanted - len(calls))]
        eps = torch.cat(calls)
        if wanted != SECOND:
            _expect_normal(eps, name, detail, partial(evidence, eps))
            _expect_no_thread(torch.stack(calls), name)
        if _clearly_right(eps):
            return


def expect_standard_in_two(
    codes: Tensor,
    name: str,
    detail: str,
    evidence: Callable[[Tensor], Hint | None] = lambda _codes: None,
) -> None:
    """Fail unless the codes of images, (n, 2), are independent noise from N(0, 1).

    A right answer fails with a probability below 2e-10; see `expect_standard`. Here all numbers and
    those of each dimension are judged.

    Args:
        codes: As `reading.of_surface` gives them: NaN where an image could not be read.
        name: What to call the noise, "ConvVAE.sample: z".
        detail: How it was drawn.
        evidence: From the codes to the mistake that explains them.
    """
    lost = codes.isnan().any(1).double().mean().item()
    answer, _, noise = name.partition(": ")
    expect.that(
        lost <= UNREAD,
        f"{answer}: expected images as decode gives them near N(0, I), got others in {lost:.0%}",
    )
    eps = codes[~codes.isnan().any(1)]
    asked = partial(evidence, eps)
    for part, values in (("", eps.flatten()), ("[:, 0]", eps[:, 0]), ("[:, 1]", eps[:, 1])):
        error, said = ERRORS_OF_TWO / math.sqrt(len(values)), f"{len(values):,} draws, {detail}"
        for what, got, wanted, limit in (
            ("standard deviation", values.std().item(), 1.0, error / math.sqrt(2)),
            ("mean", values.mean().item(), 0.0, error),
        ):
            full = f"{name}{part}, {what},"
            expect.estimate(got, wanted, limit + EXACT_OF_TWO, full, said, evidence=asked)
    distance = statistics.kolmogorov_distance(eps)
    limit = statistics.kolmogorov_limit(eps.numel()) + EXACT_OF_TWO
    said = f"{eps.numel():,} draws, {detail}"
    expect.estimate(distance, 0, limit, f"{name}, distance from N(0, 1),", said, evidence=asked)
    strength = statistics.strongest_pair(eps.T, _quantiles())[0]
    # the signs of codes that are read to within EXACT_OF_TWO are right in all but that share
    limit = statistics.pair_limit(len(eps)) + EXACT_OF_TWO
    full, said = f"{answer}: dependence of {noise}[:, 0] and [:, 1]", f"{len(eps):,} draws each"
    expect.estimate(strength, 0, limit, full, said, evidence=asked)


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


def _expect_no_thread(calls: Tensor, name: str) -> None:
    """Fail if neighbours among what a call has drawn, (calls, n), depend on each other."""
    answer, _, noise = name.partition(": ")
    for apart, strength, pairs in statistics.threads(calls, _quantiles(), 1):
        full = f"{answer}: dependence of {noise} (images {apart})"
        expect.estimate(strength, 0, statistics.thread_limit(pairs), full, f"{pairs:,} pairs")


def _clearly_right(eps: Tensor) -> bool:
    n = len(eps)
    return (
        abs(eps.std().item() - 1) < CLEAR / math.sqrt(2 * n)
        and abs(eps.mean().item()) < CLEAR / math.sqrt(n)
        and statistics.kolmogorov_distance(eps) < CLEAR_DISTANCE / math.sqrt(n)
        and bool((eps.abs() > statistics.BEYOND).any())
    )


def _quantiles() -> Tensor:
    """Return what has the median and the median size of N(0, 1)."""
    return math.sqrt(2) * torch.erfinv(torch.linspace(-0.999, 0.999, 999, dtype=torch.float64))
