"""Find the known mistake in a `ConvVAE`; see `explain`."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from lab.checks.vae import VAE, Model, decoded, encoded, forwarded, sampled
from torch import Tensor

from checkkit.expect import Hint

from .. import statistics
from ..explain import only, only_size
from .image_statistics import DRAWS, PER_CALL, distance
from .known_mistakes import (
    ALWAYS_AS_MANY,
    BRIGHTNESS,
    ENCODED,
    FED_MU,
    FORWARD,
    HEADS,
    IN_TRAINING,
    ONE_BATCH,
    ONE_FOR_ALL,
    ONE_PER_ROW,
    OUTPUTS,
    PRIORS,
    SIXTEEN,
)

# takes a logvar to train for; returns a sampler of (z − mu) / σ, and the logvar reached
Noise = Callable[[float], "tuple[Callable[[], Tensor], float] | None"]

# two logvars at which no two σ of `FORWARD` are within a tenth of each other
LOGVARS = (-3.0, 1.0)
NEAR = 0.05
CONSTANT = 1e-3
# A fresh head gives values near 0, which sigmoid maps to ½, and softplus to ln 2.
START = 0.08
# How far codes are for which a bounded output is at its bounds, and others are far beyond.
FAR_CODES = 1e5
# sigmoid(1): a second sigmoid cannot exceed it
SIGMOID_OF_ONE = 1 / (1 + math.exp(-1))


def forward_mistake(noise: Noise) -> Hint | None:
    """Return the mistake with the σ of `forward`, or with one noise for all images."""
    left, constant = dict(FORWARD), True
    for wanted in LOGVARS:
        found = noise(wanted)
        if found is None:
            return None
        draw, logvar = found
        calls = torch.stack([draw() for _ in range(4)])
        constant &= bool((calls.std(1) < CONSTANT).all()) and calls.std().item() > CONSTANT
        came = calls.std().item() * math.exp(logvar / 2)
        left = {n: s for n, s in left.items() if abs(came / s[0](logvar) - 1) <= NEAR}
    if constant:
        return ONE_FOR_ALL
    return only([Hint(hint, name) for name, (_, hint) in left.items()])


def prior_mistake(z: Tensor) -> Hint | None:
    """Return the mistake that draws such codes, one latent dimension of them."""
    n = len(z)
    limit = statistics.two_sample_limit(n, 1)
    return only(
        [
            Hint(hint, name)
            for name, (draw, hint) in PRIORS.items()
            if statistics.two_sample_distance(z, draw(n, 1).flatten().double()) <= limit
            and abs(z.std().item() / draw(n, 1).std().item() - 1) <= NEAR / 2
        ]
    )


@torch.no_grad()
def sample_mistake(model: Model) -> Hint | None:
    """Return the mistake that samples such images, for a model with latent_dim = 2."""
    limit = statistics.two_sample_limit(DRAWS, 12)
    middle = decoded(model, torch.zeros(1, 2))
    images = torch.cat([sampled(model, PER_CALL) for _ in range(DRAWS // PER_CALL)])
    mistakes: dict[Hint, Callable[[], Tensor]] = {
        ONE_PER_ROW: lambda: decoded(model, torch.randn(DRAWS, 1).repeat(1, 2)),
        ENCODED: lambda: model(torch.rand(DRAWS, 1, 28, 28))[0],  # type: ignore[index]
    }
    return only(
        [hint for hint, draw in mistakes.items() if distance(images, draw(), middle) <= limit]
    )


def heads_mistake(
    ConvVAE: VAE,
    extremes: Callable[[VAE, int], tuple[Tensor, float, float]],
) -> Hint | None:
    """Return the mistake whose heads have these ranges.

    Args:
        ConvVAE: The student's class.
        extremes: Returns a fresh model's mu (part 0) or logvar (1), and the lowest and the highest
            value that training reaches.
    """
    mu, logvar = (_range_of_head(*extremes(ConvVAE, part)) for part in (0, 1))
    found = HEADS.get((mu, logvar))
    return Hint(found[1], found[0]) if found else None


def _range_of_head(fresh: Tensor, low: float, high: float) -> str:
    """Return the name of a head's range, from its start and from its lowest and highest value."""
    least, start = fresh.min().item(), fresh.median().item()
    ranges = {
        "zero": low == high == 0,
        "free": low < 0 < high,
        "relu": low == least == 0 < high,
        "sigmoid": low >= 0 and high <= 1 and abs(start - 1 / 2) < START,
        "softplus": low >= 0 and high > 1 and abs(start - math.log(2)) < START,
        "minus softplus": high <= 0 and low < -1 and abs(start + math.log(2)) < START,
    }
    return next((name for name, holds in ranges.items() if holds), "none of these")


@torch.no_grad()
def brightness_mistake(ConvVAE: VAE) -> Hint | None:
    """Return the mistake that keeps pixels from being black, whatever the code is."""
    pixels = decoded(ConvVAE(latent_dim=16).eval(), 100 * torch.randn(64, 16))
    # One image for all codes may be a bright one by chance.
    if pixels.min() < 0.5 or torch.equal(pixels[:1].expand_as(pixels), pixels):
        return None
    dim = pixels.max().item() <= SIGMOID_OF_ONE + 1e-4
    name = "sigmoid-twice-in-decoder" if dim else "relu-before-the-sigmoid"
    return Hint(BRIGHTNESS[name], name)


@torch.no_grad()
def output_mistake(ConvVAE: VAE) -> Hint | None:
    """Return the mistake whose pixels have this range where codes are far away."""
    model, z = ConvVAE(latent_dim=4).eval(), torch.randn(64, 4)
    (low, high), (lower, higher) = (
        (images.min().item(), images.max().item())
        for images in (decoded(model, scale * z) for scale in (FAR_CODES, 10 * FAR_CODES))
    )
    rises, falls = higher > 2 * high > 2, lower < 2 * low < -2
    ranges = {
        "sigmoid-missing": rises and falls,
        "relu-at-the-output": rises and low == lower == 0,
        "tanh-at-the-output": -1 <= lower < -1 + START and 1 - START < higher <= 1,
    }
    return next((Hint(OUTPUTS[name], name) for name, holds in ranges.items() if holds), None)


@torch.no_grad()
def undrawn_mistake(ConvVAE: VAE, x: Tensor) -> Hint | None:
    """Return the mistake that decodes mu, in both modes or in eval mode only."""
    model = ConvVAE(latent_dim=4).eval()
    mu, logvar = encoded(model, x, 4)
    of_mu = decoded(model, mu)
    # Otherwise, a drawn z would give the same image.
    if torch.equal(of_mu, decoded(model, mu + 1)) or bool((logvar < LOGVARS[0]).any()):
        return None
    if not torch.allclose(forwarded(model, x, 4)[0], of_mu, atol=1e-6):
        return None
    model.train()
    (one, _), (another, _) = (encoded(model, x, 4) for _ in range(2))
    if not torch.equal(one, another) or not torch.equal(decoded(model, mu), decoded(model, mu)):
        return None  # Dropout alone makes the images of training differ.
    first, second = (forwarded(model, x, 4)[0] for _ in range(2))
    return FED_MU if torch.equal(first, second) else IN_TRAINING


@torch.no_grad()
def size_mistake(ConvVAE: VAE) -> Hint | None:
    """Return the mistake that has a size written into `decode` or `sample`."""
    model = ConvVAE(latent_dim=4).eval()
    try:
        decoded(model, torch.randn(3, 4))
    except Exception:  # noqa: BLE001 - this is what is to be explained
        if only_size(lambda n: decoded(model, torch.randn(n, 4))) is None:
            return None
        return None if _takes_a_batch_size(ConvVAE) else ONE_BATCH
    if only_size(lambda n: sampled(ConvVAE(latent_dim=n).eval(), 3)) is not None:
        return SIXTEEN
    given = {_images_of(model.sample(n)) for n in (3, 5, 7)}
    return ALWAYS_AS_MANY if len(given) == 1 and given != {None} else None


def _takes_a_batch_size(ConvVAE: VAE) -> bool:
    try:
        ConvVAE(latent_dim=4, batch_size=3)
    except Exception:  # noqa: BLE001 - this is the answer
        return False
    return True


def _images_of(value: object) -> int | None:
    """Return how many images these are; None if they are none."""
    right = isinstance(value, Tensor) and value.ndim == 4 and value.shape[1:] == (1, 28, 28)
    return len(value) if right and isinstance(value, Tensor) else None
