"""Call an answer to interpolate; and which known mistake it walks like, if it is wrong.

It is named where it gives the mistake's images on all that is tried.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from ..diagnosis import once
from .adversarial_vae import AdversarialVAE, two_images

Interpolate = Callable[..., object]
Walk = Callable[[AdversarialVAE, Tensor, Tensor, int], Tensor]

# steps, latent_dim and the seed of model and images
TRIED = ((2, 1, 3), (5, 3, 4), (17, 2, 5))
ATOL = 1e-4


def _at(model: AdversarialVAE, x1: Tensor, x2: Tensor, alpha: Tensor) -> Tensor:
    """Return the decoder's images at these parts of the way."""
    mu1, mu2 = model.means(x1, x2)
    return model.decode(torch.lerp(mu1, mu2, alpha[:, None])).detach()


def _between_inputs(model: AdversarialVAE, x1: Tensor, x2: Tensor, steps: int) -> Tensor:
    frames = _at(model, x1, x2, torch.linspace(0, 1, steps))
    frames[0], frames[-1] = x1, x2
    return frames


# for each mistake, the file's name in `solutions/mistakes/`: what it gives, and its hint
WALKS: dict[str, tuple[Walk, str]] = {
    "steps-hard-coded": (
        lambda model, x1, x2, _steps: _at(model, x1, x2, torch.linspace(0, 1, 10)),
        "Use the argument: linspace(0, 1, steps).",
    ),
    "arange-with-a-tenth": (
        lambda model, x1, x2, _steps: _at(model, x1, x2, torch.arange(0, 1, 0.1)),
        "The spacing is 1 / (steps − 1): linspace(0, 1, steps).",
    ),
    "cross-fade-of-pixels": (
        lambda _model, x1, x2, steps: torch.lerp(
            x1, x2, torch.linspace(0, 1, steps).reshape(-1, 1, 1, 1)
        ),
        "The mixing happens in latent space: encode, mix the means, decode.",
    ),
    "ends-are-the-inputs": (
        _between_inputs,
        "All frames are the decoder’s images, the ends too.",
    ),
}


def walked(interpolate: Interpolate, model: AdversarialVAE, steps: int, seed: int = 0) -> Tensor:
    """Return the frames between two images drawn from `seed`."""
    frames = interpolate(model, *two_images(seed), steps)
    given: dict[str, object] = {"steps": steps, "latent_dim": model.latent_dim}
    return expect.tensor(
        frames,
        "interpolate",
        (steps, 1, 28, 28),
        given=given,
        hint=lambda _shape: of_walk(interpolate),
    )


@once
def of_walk(interpolate: Interpolate) -> Hint | None:
    """Return the one mistake whose images are the answer's; none where it fails meanwhile."""
    try:
        left = _explaining(interpolate)
    except Exception:  # noqa: BLE001 - whatever it is, the failure that is being told comes first
        return None
    return Hint(WALKS[left[0]][1], left[0]) if len(left) == 1 else None


def _explaining(interpolate: Interpolate) -> list[str]:
    """Return the mistakes that give the answer's images on all that is tried."""
    left = dict(WALKS)
    for steps, latent_dim, seed in TRIED:
        model, images = AdversarialVAE(latent_dim, seed).eval(), two_images(seed)
        frames = interpolate(model, *(x.clone() for x in images), steps)
        if not isinstance(frames, Tensor):
            return []
        for name, (walk, _) in list(left.items()):
            wanted = walk(model, *images, steps)
            if frames.shape != wanted.shape or not torch.allclose(frames, wanted, atol=ATOL):
                del left[name]
    return list(left)
