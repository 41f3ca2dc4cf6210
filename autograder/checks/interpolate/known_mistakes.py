"""Known mistakes in `interpolate`.

Names are those of the files in `solutions/mistakes/`; hints are theirs.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from checkkit.expect import Hint

from .adversarial_vae import AdversarialVAE

Frames = Callable[[AdversarialVAE, Tensor, Tensor, int], Tensor]


def _decoded(model: AdversarialVAE, x1: Tensor, x2: Tensor, alpha: Tensor) -> Tensor:
    """Return the decoder's images at these fractions of the path between the two means."""
    mu1, mu2 = model.means(x1, x2)
    return model.decode(torch.lerp(mu1, mu2, alpha[:, None])).detach()


def _with_inputs_at_the_ends(model: AdversarialVAE, x1: Tensor, x2: Tensor, steps: int) -> Tensor:
    frames = _decoded(model, x1, x2, torch.linspace(0, 1, steps))
    frames[0], frames[-1] = x1, x2
    return frames


AT_THE_ENDS = Hint(
    "The line runs between the means: mu, not a draw from N(mu, σ²).", "samples-z-at-the-ends"
)
# the frames of the mistake, and its hint
FRAMES: dict[str, tuple[Frames, str]] = {
    "steps-hard-coded": (
        lambda model, x1, x2, _steps: _decoded(model, x1, x2, torch.linspace(0, 1, 10)),
        "Use the argument: linspace(0, 1, steps).",
    ),
    "arange-with-a-tenth": (
        lambda model, x1, x2, _steps: _decoded(model, x1, x2, torch.arange(0, 1, 0.1)),
        "The spacing is 1 / (steps − 1): linspace(0, 1, steps).",
    ),
    "cross-fade-of-pixels": (
        lambda _model, x1, x2, steps: torch.lerp(
            x1, x2, torch.linspace(0, 1, steps).reshape(-1, 1, 1, 1)
        ),
        "The mixing happens in latent space: encode, mix the means, decode.",
    ),
    "ends-are-the-inputs": (
        _with_inputs_at_the_ends,
        "All frames are the decoder’s images, the ends too.",
    ),
}
