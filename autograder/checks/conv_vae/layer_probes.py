"""Properties of a model's layers and latent dimensions, tested from outside."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from lab.checks.vae import VAE, Model, decoded, encoded
from torch import Tensor

from checkkit import expect

from ..digits import some
from . import reachability


def expect_dependence_on_the_image(ConvVAE: VAE, parts: Sequence[str]) -> None:
    """Fail if mu or logvar cannot differ between images."""
    x, y = some(8), some(8)
    for part, name in enumerate(parts):
        model = ConvVAE(latent_dim=4).eval()

        def apart(model: Model = model, part: int = part) -> Tensor:
            return encoded(model, x, 4)[part] - encoded(model, y, 4)[part]

        message = f"ConvVAE.encode: expected {name} to depend on x, got the same for 2 × 8 images"
        expect.that(reachability.can_be_positive(model, apart), message)


def expect_dimensions_to_differ(ConvVAE: VAE, parts: Sequence[str]) -> None:
    """Fail if the latent dimensions of mu or of logvar cannot differ."""
    x = some(8)
    for part, name in enumerate(parts):
        model = ConvVAE(latent_dim=4).eval()

        def apart(model: Model = model, part: int = part) -> Tensor:
            code = encoded(model, x, 4)[part]
            return code[:, :1] - code[:, 1:]

        message = f"ConvVAE.encode: expected {name} to differ, got {name}[:, 0] = {name}[:, 1]"
        expect.that(reachability.can_be_positive(model, apart), message)


def expect_convolutions(ConvVAE: VAE) -> None:
    """Fail unless encode uses a Conv2d and decode a ConvTranspose2d."""
    x, z, wrong = some(4), torch.randn(4, 4), []
    for what, kind in (("encode", "Conv2d"), ("decode", "ConvTranspose2d")):
        model = ConvVAE(latent_dim=4).eval()

        def output(model: Model = model, what: str = what) -> Tensor:
            return decoded(model, z) if what == "decode" else torch.cat(encoded(model, x, 4), 1)

        used = sorted(reachability.used_layers(model, output))
        if kind not in used:
            others = ", ".join(used) or "nothing that learns"
            wrong.append(f"expected {what} to work by nn.{kind}, got none, but {others}")
    expect.that(not wrong, f"ConvVAE: {'; '.join(wrong)}")
