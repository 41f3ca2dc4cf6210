"""Read the codes off a model's images, and judge them as draws from N(0, 1).

A model with one latent dimension draws a curve of images. Where the curve does not meet itself, an
image tells the code that it was decoded from, to three decimals; that is tried first, on codes that
are known. Images of a model that cannot be read are judged by `images.expect_one_distribution`
alone, which sees less.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from lab.checks import chance, expect
from lab.checks.expect import Hint
from lab.checks.vae import VAE, Model, decoded, encoded, forwarded, sampled
from torch import Tensor

from autograder.checks import limits, naming_vae, reach
from autograder.checks.images import PER_CALL, some

Read = Callable[[Tensor], Tensor]

# the codes of the curve, a hundredth apart, and the directions along which images are seen
LEAST, MOST, STEP, DIRECTIONS = -9.0, 9.0, 0.01, 8
# How far a code may be misread: it moves a distribution function by 0.001 at most.
EXACT = 0.002
# 4,000 codes are looked at; 32,000 where those are not clearly right, which happens to one right
# answer in eight. A deviation of 1.05 is seen with a probability of 0.99, one of 1.1 always.
FIRST, ALL = 4, 32
# Standard errors within which 4,000 codes are clearly right: 2 of mean and deviation; 1.42 / √n for
# the distance (Kolmogorov's distribution: 3.5 %).
CLEAR, CLEAR_DISTANCE = 2.0, 1.42


def reader(model: Model) -> Read | None:
    """Return what reads codes off the images of a model with latent_dim = 1; None if nothing can.

    Args:
        model: In eval mode.
    """
    directions = torch.randn(784, DIRECTIONS, dtype=torch.float64)

    def seen(images: Tensor) -> Tensor:
        return images.detach().flatten(1).double() @ directions

    grid = torch.linspace(LEAST, MOST, round((MOST - LEAST) / STEP) + 1)
    curve = seen(decoded(model, grid[:, None]))
    tangents = curve[1:] - curve[:-1]
    lengths = tangents.square().sum(1).clamp(min=1e-30)

    def read(images: Tensor) -> Tensor:
        points = seen(images)
        nearest = torch.cdist(points, curve).argmin(1)
        found = []
        for segment in (nearest.clamp(max=len(tangents) - 1), (nearest - 1).clamp(min=0)):
            off = points - curve[segment]
            part = ((off * tangents[segment]).sum(1) / lengths[segment]).clamp(0, 1)
            far = (off - part[:, None] * tangents[segment]).norm(dim=1)
            found.append((far, grid[segment].double() + part * STEP))
        (one, here), (other, there) = found
        return torch.where(one <= other, here, there)

    known = torch.linspace(-4.0012, 4.0012, 333)
    misread = (read(decoded(model, known[:, None])) - known).abs().max().item()
    return read if misread <= EXACT else None


def expect_sample_standard(ConvVAE: VAE) -> None:
    """Fail unless the codes that `sample` decodes are N(0, 1), where they can be read."""
    model = ConvVAE(latent_dim=1).eval()
    with torch.no_grad():
        if (read := reader(model)) is None:
            return
        expect_standard(
            lambda: read(sampled(model, PER_CALL)),
            "ConvVAE.sample: z",
            "latent_dim = 1",
            naming_vae.of_prior,
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
                lambda _eps: naming_vae.of_forward(partial(forward_noise, ConvVAE)),
            )


def forward_noise(ConvVAE: VAE, aim: float) -> tuple[Callable[[], Tensor], float] | None:
    """Return what draws (z − mu) / σ from `forward`, and logvar; None if z cannot be read.

    Args:
        ConvVAE: The student's class.
        aim: What logvar the model is trained to; it comes near it.
    """
    model, x = ConvVAE(latent_dim=1).eval(), some(1)
    with torch.enable_grad():
        reach.steer_posterior(model, x.repeat(2, 1, 1, 1), 1, aim)
    with torch.no_grad():
        read, batch = reader(model), x.repeat(PER_CALL, 1, 1, 1)
        _, logvar = encoded(model, x, 1)

    @torch.no_grad()
    def draw(read: Read) -> Tensor:
        recon_x, mu, logvar = forwarded(model, batch, 1)
        return ((read(recon_x) - mu[:, 0]) / (logvar[:, 0] / 2).exp()).double()

    return None if read is None else (partial(draw, read), logvar.item())


def expect_standard(
    draw: Callable[[], Tensor],
    name: str,
    detail: str,
    evidence: Callable[[Tensor], Hint | None] = lambda _eps: None,
) -> None:
    """Fail unless what is drawn is independent noise from N(0, 1).

    A right answer fails with a probability below 7e-10: deviation, mean (`lab.checks.chance`),
    distribution and neighbours (`limits`), each at its own limit, at 4,000 draws and at 32,000.

    Args:
        draw: Gives one call's noise, `PER_CALL` numbers.
        name: What to call the noise, "ConvVAE.sample: z".
        detail: How it was drawn.
        evidence: From the noise to the mistake that explains it.
    """
    calls: list[Tensor] = []
    for wanted in (FIRST, ALL):
        calls += [draw() for _ in range(wanted - len(calls))]
        eps = torch.cat(calls)
        _expect_normal(eps, name, detail, partial(evidence, eps))
        for apart, strength, pairs in limits.threads(torch.stack(calls), _quantiles(), 1):
            answer, _, noise = name.partition(": ")
            full = f"{answer}: dependence of {noise} (images {apart})"
            expect.estimate(strength, 0, limits.thread_limit(pairs), full, f"{pairs:,} pairs")
        if _clearly_right(eps):
            return


def _expect_normal(
    eps: Tensor, name: str, detail: str, evidence: Callable[[], Hint | None]
) -> None:
    draws = len(eps)
    detail = f"{draws:,} draws, {detail}"
    for what, got, wanted, limit in (
        ("standard deviation", eps.std().item(), 1.0, chance.deviation_limit(draws)),
        ("mean", eps.mean().item(), 0.0, chance.mean_limit(draws)),
        (
            "distance from N(0, 1)",
            limits.kolmogorov_distance(eps),
            0.0,
            limits.kolmogorov_limit(draws),
        ),
    ):
        full = f"{name}, {what},"
        expect.estimate(got, wanted, limit + EXACT, full, detail, evidence=evidence)
    expect.that(
        bool((eps.abs() > limits.BEYOND).any()) or draws < ALL * PER_CALL,
        f"{name}: expected some beyond ±{limits.BEYOND:g} in {draws:,} draws, got none",
    )


def _clearly_right(eps: Tensor) -> bool:
    n = len(eps)
    return (
        abs(eps.std().item() - 1) < CLEAR / math.sqrt(2 * n)
        and abs(eps.mean().item()) < CLEAR / math.sqrt(n)
        and limits.kolmogorov_distance(eps) < CLEAR_DISTANCE / math.sqrt(n)
        and bool((eps.abs() > limits.BEYOND).any())
    )


def _quantiles() -> Tensor:
    """Return what has the median and the median size of N(0, 1)."""
    return math.sqrt(2) * torch.erfinv(torch.linspace(-0.999, 0.999, 999, dtype=torch.float64))
