"""Call an answer to `interpolate`, and find the known mistake if its frames are wrong.

As in `explain`, a mistake is named if it gives the answer's frames on every input tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from ..explain import once, only
from .adversarial_vae import AdversarialVAE, two_images
from .known_mistakes import AT_THE_ENDS, FRAMES

Interpolate = Callable[..., object]

# steps, latent_dim, and the seed of model and images
INPUTS = ((2, 1, 3), (5, 3, 4), (17, 2, 5))
ATOL = 1e-4
# 384 draws at each end: 20 % are four standard errors of the mean, and more of the deviation.
CALLS, MANY_DIMENSIONS, NEAR = 12, 32, 0.2


def frames_between(
    interpolate: Interpolate, model: AdversarialVAE, steps: int, seed: int = 0
) -> Tensor:
    """Return the answer's frames between two images drawn from `seed`; their shape is checked."""
    return frames_of(interpolate, model, two_images(seed), steps)


def frames_of(
    interpolate: Interpolate, model: AdversarialVAE, pair: tuple[Tensor, Tensor], steps: int
) -> Tensor:
    """Return the answer's frames between copies of two images; their shape is checked."""
    frames = interpolate(model, *(x.clone() for x in pair), steps)
    given: dict[str, object] = {"steps": steps, "latent_dim": model.latent_dim}
    return expect.tensor(
        frames,
        "interpolate",
        (steps, 1, 28, 28),
        given=given,
        hint=lambda _shape: frames_mistake(interpolate),
    )


@once
def frames_mistake(interpolate: Interpolate) -> Hint | None:
    """Return the one mistake with the answer's frames; None if the answer raises meanwhile."""
    try:
        return only([Hint(FRAMES[name][1], name) for name in _explaining(interpolate)])
    except Exception:  # noqa: BLE001 - the failure that is being reported comes first
        return None


def _explaining(interpolate: Interpolate) -> list[str]:
    """Return the mistakes that give the answer's frames on every input tried."""
    left = dict(FRAMES)
    for steps, latent_dim, seed in INPUTS:
        model, images = AdversarialVAE(latent_dim, seed).eval(), two_images(seed)
        frames = interpolate(model, *(x.clone() for x in images), steps)
        if not isinstance(frames, Tensor):
            return []
        for name, (mistaken, _) in list(left.items()):
            wanted = mistaken(model, *images, steps)
            if frames.shape != wanted.shape or not torch.allclose(frames, wanted, atol=ATOL):
                del left[name]
    return list(left)


def chance_mistake(interpolate: Interpolate) -> Hint | None:
    """Return the mistake that walks straight between draws from N(mu, σ²); None for any other."""
    model = AdversarialVAE(MANY_DIMENSIONS, logvar=-1.0).eval()
    means = model.means(*two_images(0))
    codes = torch.stack([model.codes(frames_between(interpolate, model, 3)) for _ in range(CALLS)])
    start, middle, end = codes.unbind(1)
    if not torch.allclose(middle, (start + end) / 2, atol=1e-3):
        return None
    for z, mu in ((start, means[0]), (end, means[1])):
        eps = (z - mu) * math.exp(0.5)
        if abs(eps.mean().item()) > NEAR or abs(eps.std().item() - 1) > NEAR:
            return None
    return AT_THE_ENDS
