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


def vae_of_twice_the_dimensions(ConvVAE: Any) -> type[nn.Module]:
    """The codes have half of `latent_dim`: twice as many latent dimensions were asked for."""

    class Mended(ConvVAE):  # type: ignore[misc] # theirs
        def __init__(self, latent_dim: int = 16) -> None:
            super().__init__(2 * latent_dim)
            self.latent_dim = latent_dim

    return Mended


def vae_with_another_encoder(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """`encode` does not work: a fixed matrix took its place, so that decoder and sample can."""

    class Mended(_Around):
        theirs = ConvVAE

        def __init__(self, latent_dim: int = 16) -> None:
            super().__init__(latent_dim)
            generator = torch.Generator().manual_seed(latent_dim)
            self.register_buffer("matrix", torch.randn(784, latent_dim, generator=generator) / 28)

        def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
            mu = x.flatten(1) @ self.matrix
            return mu, torch.zeros_like(mu)

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            mu, logvar = self.encode(x)
            return self.model.decode(mu + torch.randn_like(mu)), mu, logvar

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


def vae_of_one_batch_size(ConvVAE: Any) -> type[nn.Module]:
    """One batch size is written into the code: the model was called with batches of that size."""
    size = _batch_size(ConvVAE(16).eval())

    def in_batches(call: Callable[[Tensor], Any], rows: Tensor) -> Any:
        # Repeated rows have the statistics of the batch, which matter where there is BatchNorm.
        places = torch.arange(len(rows) + -len(rows) % size) % len(rows)
        parts = [call(rows[some]) for some in torch.split(places, size)]
        if isinstance(parts[0], Tensor):
            return torch.cat(parts)[: len(rows)]
        return tuple(torch.cat(values)[: len(rows)] for values in zip(*parts, strict=True))

    class Mended(ConvVAE):  # type: ignore[misc] # theirs
        def encode(self, x: Tensor) -> Any:
            return in_batches(super().encode, x)

        def decode(self, z: Tensor) -> Any:
            return in_batches(super().decode, z)

        def forward(self, x: Tensor) -> Any:
            return in_batches(super().forward, x)

    return Mended


@torch.no_grad()
def _batch_size(model: Any) -> int:
    """Return the batch size that a model takes."""
    for size in (*(2**n for n in range(1, 11)), *range(3, 257)):
        try:
            model(torch.zeros(size, 1, 28, 28))
        except (RuntimeError, ValueError):  # about shapes
            continue
        return int(size)
    raise ValueError("the model takes no batch of 2 to 256 images")
