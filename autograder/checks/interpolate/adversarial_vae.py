"""A model of the grader's own to interpolate with: crooked, and different in each mode."""

from __future__ import annotations

import torch
from torch import Tensor, nn

PIXELS = 784


class AdversarialVAE(nn.Module):
    """A VAE whose every shortcut shows.

    The encoder bends, so that mixing images is not mixing codes; the decoder bends, so that mixing
    decoded images is not decoding mixtures; the variance is large, so that sampling jitters; and
    dropout in a part of it tells training mode from eval mode. Pixels come near to 0 and to 1. The
    first pixels of an image tell the code that it was decoded from: see `codes`. What was called in
    training mode is written down in `in_training`.

    Args:
        latent_dim: How many dimensions the code has.
        seed: What the weights are drawn from.
        logvar: The log variance of every code.
    """

    def __init__(self, latent_dim: int = 3, seed: int = 0, logvar: float = 3.0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.latent_dim, self.logvar = latent_dim, logvar
        self.in_training: set[str] = set()
        into = torch.randn(PIXELS, latent_dim, generator=generator) / PIXELS**0.5
        self.into = nn.Parameter(2 * into)
        self.out = nn.Parameter(torch.randn(latent_dim, PIXELS, generator=generator))
        self.dropout = nn.Dropout(0.5)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return (mu, logvar), each (batch, latent_dim)."""
        if x.shape[1:] != (1, 28, 28):
            raise ValueError(f"encode takes (batch, 1, 28, 28), got {tuple(x.shape)}")
        self._note("encode")
        h = self.dropout(x.flatten(1)) @ self.into
        mu = 2 * torch.sin(h)
        return mu, torch.full_like(mu, self.logvar)

    def decode(self, z: Tensor) -> Tensor:
        """Return images (batch, 1, 28, 28)."""
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise ValueError(f"decode takes (batch, {self.latent_dim}), got {tuple(z.shape)}")
        self._note("decode")
        plain = z / 2
        bent = 8 * torch.cos(self.dropout(z) @ self.out[:, self.latent_dim :])
        return torch.sigmoid(torch.cat([plain, bent], 1)).reshape(-1, 1, 28, 28)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return (recon_x, mu, logvar)."""
        mu, logvar = self.encode(x)
        return self.decode(mu + torch.exp(logvar / 2) * torch.randn_like(mu)), mu, logvar

    def sample(self, n: int) -> Tensor:
        """Return n images from the prior."""
        return self.decode(torch.randn(n, self.latent_dim))

    def _note(self, method: str) -> None:
        # dropout is the part that has a mode of its own
        if self.dropout.training:
            self.in_training.add(method)

    def codes(self, frames: Tensor) -> Tensor:
        """Return the codes that images were decoded from, (batch, latent_dim)."""
        return 2 * torch.logit(frames.detach().flatten(1)[:, : self.latent_dim], eps=1e-7)

    @torch.no_grad()
    def means(self, *images: Tensor) -> Tensor:
        """Return the mean of each image in eval mode, (images, latent_dim); the mode is kept."""
        mode = self.training
        means = self.eval().encode(torch.stack(images))[0]
        self.train(mode)
        return means


def two_images(seed: int) -> tuple[Tensor, Tensor]:
    """Return two images with values in [0, 1], (1, 28, 28) each."""
    generator = torch.Generator().manual_seed(seed)
    x1, x2 = torch.rand(2, 1, 28, 28, generator=generator)
    return x1, x2
