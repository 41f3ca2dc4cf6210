"""Name the known mistake that explains what a ConvVAE does; none where none does.

As in `naming`: by what comes out, whatever the model looks like inside. Hints are those of the
files in `solutions/mistakes/`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from lab.checks.vae import VAE, Model, decoded, sampled
from torch import Tensor
from torch.distributions import Laplace

from checkkit.expect import Hint

from .. import statistics
from .images import DRAWS, PER_CALL, distance

# what draws (z − mu) / σ, and logvar, for a logvar to aim at
Noise = Callable[[float], "tuple[Callable[[], Tensor], float] | None"]

# two places where no two of the deviations below are within a tenth of each other
AIMS = (-3.0, 1.0)
NEAR = 0.05
STILL = 1e-3
# A fresh head gives next to 0: sigmoid makes ½ of that, softplus ln 2, exp 1.
START = 0.08

# what `forward` takes for σ, from logvar
FORWARD: dict[str, tuple[Callable[[float], float], str]] = {
    "own-noise-with-variance": (
        math.exp,
        "Call your reparameterize: exp(logvar) is the variance, not σ.",
    ),
    "reparameterize-given-std": (
        lambda logvar: math.exp(math.exp(logvar / 2) / 2),
        "reparameterize takes logvar and makes σ of it itself.",
    ),
    "own-noise-unscaled": (
        lambda _logvar: 1.0,
        "Call your reparameterize: the noise is scaled by exp(0.5 · logvar).",
    ),
}
ONE_FOR_ALL = Hint(
    "Call your reparameterize: each image has noise of its own.", "own-noise-one-for-all"
)

# what `sample` draws for z, from (n, latent_dim)
PRIORS: dict[str, tuple[Callable[[int, int], Tensor], str]] = {
    "sample-from-uniform": (
        torch.rand,
        "The prior is N(0, I): torch.randn, not torch.rand.",
    ),
    "sample-from-a-narrow-prior": (
        lambda n, d: 0.5 * torch.randn(n, d),
        "The prior is N(0, I): no factor on the noise.",
    ),
    "sample-ten-percent-wide": (
        lambda n, d: 1.1 * torch.randn(n, d),
        "The prior is N(0, I): no factor on the noise, no temperature.",
    ),
    "sample-clamped": (
        lambda n, d: torch.randn(n, d).clamp(-1.5, 1.5),
        "The prior is N(0, I): far codes are rare, but they are there.",
    ),
    "sample-from-laplace": (
        lambda n, d: Laplace(0.0, 0.5**0.5).sample(torch.Size((n, d))),
        "The prior is normal: torch.randn(n, self.latent_dim).",
    ),
}
# what the two heads can be: see `_kind`
HEADS: dict[tuple[str, str], tuple[str, str]] = {
    ("relu", "free"): ("relu-on-mu", "mu may be negative: no activation on this head."),
    ("free", "relu"): (
        "relu-on-logvar",
        "logvar is negative where σ < 1: no activation on this head.",
    ),
    ("relu", "relu"): (
        "relu-on-both-heads",
        "mu and logvar may be negative: no activation on the heads.",
    ),
    ("sigmoid", "free"): (
        "sigmoid-on-mu",
        "mu may be negative and large: no activation on this head.",
    ),
    ("free", "softplus"): (
        "softplus-on-logvar",
        "softplus makes a σ positive; logvar takes both signs.",
    ),
    ("free", "minus softplus"): (
        "minus-softplus-on-logvar",
        "The posterior may be wider than the prior: logvar takes both signs.",
    ),
    ("free", "zero"): (
        "logvar-always-zero",
        "The encoder says how sure it is: logvar needs a head of its own.",
    ),
}
# sigmoid(1): what a second sigmoid cannot exceed
BRIGHT = 1 / (1 + math.exp(-1))
BRIGHTNESS = {
    "sigmoid-twice-in-decoder": "One sigmoid: after a second one no pixel can be black.",
    "relu-before-the-sigmoid": "sigmoid(relu(…)) is never below 0.5: the last layer has no ReLU.",
}
ONE_PER_ROW = Hint(
    "Every latent dimension needs its own draw: torch.randn(n, self.latent_dim).",
    "sample-one-code-per-row",
)
ENCODED = Hint("The prior lives in latent space: draw z and decode it.", "sample-encodes-noise")


def of_forward(noise: Noise) -> Hint | None:
    """Return the mistake whose σ is that of `forward`, or whose noise is one for all."""
    left, still = dict(FORWARD), True
    for aim in AIMS:
        found = noise(aim)
        if found is None:
            return None
        draw, logvar = found
        calls = torch.stack([draw() for _ in range(4)])
        still &= bool((calls.std(1) < STILL).all()) and calls.std().item() > STILL
        came = calls.std().item() * math.exp(logvar / 2)
        left = {n: s for n, s in left.items() if abs(came / s[0](logvar) - 1) <= NEAR}
    if still:
        return ONE_FOR_ALL
    found_names = [Hint(hint, name) for name, (_, hint) in left.items()]
    return found_names[0] if len(found_names) == 1 else None


def of_prior(z: Tensor) -> Hint | None:
    """Return the mistake that draws such codes, one dimension of them."""
    n = len(z)
    limit = statistics.two_sample_limit(n, 1)
    found = [
        Hint(hint, name)
        for name, (draw, hint) in PRIORS.items()
        if statistics.two_sample_distance(z, draw(n, 1).flatten().double()) <= limit
        and abs(z.std().item() / draw(n, 1).std().item() - 1) <= NEAR / 2
    ]
    return found[0] if len(found) == 1 else None


@torch.no_grad()
def of_sample(model: Model) -> Hint | None:
    """Return the mistake that gives such images where latent_dim is 2."""
    limit = statistics.two_sample_limit(DRAWS, 12)
    middle = decoded(model, torch.zeros(1, 2))
    images = torch.cat([sampled(model, PER_CALL) for _ in range(DRAWS // PER_CALL)])
    given: dict[Hint, Callable[[], Tensor]] = {
        ONE_PER_ROW: lambda: decoded(model, torch.randn(DRAWS, 1).repeat(1, 2)),
        ENCODED: lambda: model(torch.rand(DRAWS, 1, 28, 28))[0],  # type: ignore[index]
    }
    found = [hint for hint, draw in given.items() if distance(images, draw(), middle) <= limit]
    return found[0] if len(found) == 1 else None


def of_heads(
    ConvVAE: VAE,
    extremes: Callable[[VAE, int], tuple[Tensor, float, float]],
) -> Hint | None:
    """Return the mistake whose range the two heads have."""
    mu, logvar = (_kind(*extremes(ConvVAE, part)) for part in (0, 1))
    found = HEADS.get((mu, logvar))
    return Hint(found[1], found[0]) if found else None


def _kind(fresh: Tensor, low: float, high: float) -> str:
    """Return what a head can be, from where it starts and how low and how high it goes."""
    least, start = fresh.min().item(), fresh.median().item()
    kinds = {
        "zero": low == high == 0,
        "free": low < 0 < high,
        "relu": low == least == 0 < high,
        "sigmoid": low >= 0 and high <= 1 and abs(start - 1 / 2) < START,
        "softplus": low >= 0 and high > 1 and abs(start - math.log(2)) < START,
        "minus softplus": high <= 0 and low < -1 and abs(start + math.log(2)) < START,
    }
    return next((kind for kind, holds in kinds.items() if holds), "none of these")


@torch.no_grad()
def of_brightness(ConvVAE: VAE) -> Hint | None:
    """Return the mistake that keeps pixels from being black, whatever the code."""
    pixels = decoded(ConvVAE(latent_dim=16).eval(), 100 * torch.randn(64, 16))
    if pixels.min() < 0.5:
        return None
    dim = pixels.max().item() <= BRIGHT + 1e-4
    name = "sigmoid-twice-in-decoder" if dim else "relu-before-the-sigmoid"
    return Hint(BRIGHTNESS[name], name)
