"""Repairs of one mistake each in `ConvVAE`, so that the rest can still be judged.

They run in the sandbox, after the submission's cells. Students may see them: they add nothing that
the contract does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class _Around(nn.Module):
    """A model around a student's; subclasses change what single methods return."""

    theirs: Callable[..., nn.Module]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__()
        self.model: Any = type(self).theirs(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("model"), name)

    def encode(self, x: Tensor) -> Any:
        return self.model.encode(x)

    def decode(self, z: Tensor) -> Any:
        return self.model.decode(z)

    def forward(self, x: Tensor) -> Any:
        return self.model(x)

    def sample(self, n: int) -> Any:
        return self.model.sample(n)


def vae_with_images_of_28_pixels(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """The images have another shape: they were brought to (batch, 1, 28, 28)."""

    class Mended(_Around):
        theirs = ConvVAE

        def decode(self, z: Tensor) -> Tensor:
            return _images(self.model.decode(z))

        def forward(self, x: Tensor) -> tuple[Any, ...]:
            recon, *others = self.model(x)
            return _images(recon), *others

        def sample(self, n: int) -> Tensor:
            return _images(self.model.sample(n))

    return Mended


def _images(value: Tensor) -> Tensor:
    """Return images (batch, 1, 28, 28): reshaped, in grey, and resized."""
    if value.ndim == 2:
        side = round(value.shape[1] ** 0.5)
        value = value.reshape(-1, 1, side, side)
    if value.ndim == 3:
        value = value[:, None]
    if value.shape[1] != 1:
        value = value.mean(1, keepdim=True)
    return value if value.shape[2:] == (28, 28) else functional.interpolate(value, (28, 28))


def vae_with_three_results(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """`forward` returns something else: recon was taken from it, mu and logvar from `encode`."""

    class Mended(_Around):
        theirs = ConvVAE

        def forward(self, x: Tensor) -> tuple[Tensor, ...]:
            value = self.model(x)
            parts = value.values() if isinstance(value, Mapping) else value
            several = [parts] if isinstance(parts, Tensor) else list(parts)
            recon = next(part for part in several if part.shape == x.shape)
            mu, logvar = self.model.encode(x)
            return recon, mu, logvar

    return Mended


def vae_with_two_codes(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """`encode` returns something else: mu and logvar were taken from `forward`."""

    class Mended(_Around):
        theirs = ConvVAE

        def encode(self, x: Tensor) -> tuple[Tensor, ...]:
            _, mu, logvar = self.model(x)
            return mu, logvar

    return Mended


def vae_with_a_sample(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """`sample` does not work: images were decoded from N(0, I) in its place."""

    class Mended(_Around):
        theirs = ConvVAE

        def sample(self, n: int) -> Any:
            mu, _ = self.model.encode(torch.zeros(1, 1, 28, 28))
            return self.model.decode(torch.randn(n, mu.shape[1]))

    return Mended


def vae_of_16_dimensions(ConvVAE: Any) -> type[nn.Module]:
    """16 latent dimensions are written into the code: codes were cut, or padded with zeros."""

    class Mended(ConvVAE):  # type: ignore[misc] # theirs
        def __init__(self, latent_dim: int = 16) -> None:
            super().__init__(latent_dim)
            self.latent_dim = latent_dim

        def encode(self, x: Tensor) -> tuple[Tensor, ...]:
            return tuple(code[:, : self.latent_dim] for code in super().encode(x))

        def decode(self, z: Tensor) -> Any:
            try:
                return super().decode(z)
            except RuntimeError:
                return super().decode(functional.pad(z, (0, 16 - z.shape[1])))

    return Mended
