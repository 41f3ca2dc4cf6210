"""The grader's own model to interpolate with; every shortcut of an answer changes its images."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from checkkit.host import offers

PIXELS = 784


class _Shared(list[Tensor]):
    """A list that deep copies of a model share: an answer may call a copy."""

    def __deepcopy__(self, memo: dict[int, object]) -> _Shared:
        return self


@offers("encode", "decode")
class AdversarialVAE(nn.Module):
    """A VAE that gives other images for every shortcut.

    The encoder is nonlinear: mixing images is not mixing codes. The decoder is nonlinear: mixing
    decoded images is not decoding mixed codes. The variance is large: sampled codes give other
    images. Dropout in a submodule gives other images in training mode. Pixels come close to 0 and
    to 1. The first pixels of an image encode the code that it was decoded from; see `codes`.

    Args:
        latent_dim: The number of latent dimensions.
        seed: The seed of the weights.
        logvar: The log variance of every code.
        reach: The largest coordinate that a mean can have.

    Attributes:
        in_training: The names of the methods that were called in training mode.
        decoded: The codes that were decoded, (calls' rows, latent_dim) together.
    """

    def __init__(
        self, latent_dim: int = 3, seed: int = 0, logvar: float = 3.0, reach: float = 2.0
    ) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.latent_dim, self.logvar, self.reach = latent_dim, logvar, reach
        self.in_training: set[str] = set()
        self.decoded = _Shared()
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
        mu = self.reach * torch.sin(h)
        return mu, torch.full_like(mu, self.logvar)

    def decode(self, z: Tensor) -> Tensor:
        """Return images (batch, 1, 28, 28)."""
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise ValueError(f"decode takes (batch, {self.latent_dim}), got {tuple(z.shape)}")
        self._note("decode")
        self.decoded.extend(z.detach().clone())
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
        # The mode of the submodule: an answer may set that of the model alone.
        if self.dropout.training:
            self.in_training.add(method)

    def codes(self, frames: Tensor) -> Tensor:
        """Return the codes that images were decoded from, (batch, latent_dim)."""
        return 2 * torch.logit(frames.detach().flatten(1)[:, : self.latent_dim], eps=1e-7)

    @torch.no_grad()
    def means(self, *images: Tensor) -> Tensor:
        """Return the mean of each image in eval mode, (images, latent_dim); restore the mode."""
        mode = self.training
        means = self.eval().encode(torch.stack(images))[0]
        self.train(mode)
        return means


def two_images(seed: int) -> tuple[Tensor, Tensor]:
    """Return two images with values in [0, 1], (1, 28, 28) each."""
    generator = torch.Generator().manual_seed(seed)
    x1, x2 = torch.rand(2, 1, 28, 28, generator=generator)
    return x1, x2
