"""A model for `interpolate` whose codes can be read off its images."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from checkkit.host import offers


@offers("encode", "decode")
class Grey(nn.Module):
    """A VAE with one latent dimension: z is the brightness of the whole image.

    A black image has the mean −2, a white one the mean +2. Every variance is large, so that a
    sampled code is noticed. All pixels of `decode(z)` are sigmoid(z).
    """

    def __init__(self) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(4.0))
        self.dropout = nn.Dropout(0.5)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return (mu, logvar), each (batch, 1)."""
        if x.shape[1:] != (1, 28, 28):
            raise ValueError(f"encode takes (batch, 1, 28, 28), got {tuple(x.shape)}")
        mu = self.dropout(self.slope * (x.flatten(1).mean(1, keepdim=True) - 0.5))
        return mu, torch.full_like(mu, 3.0)

    def decode(self, z: Tensor) -> Tensor:
        """Return images (batch, 1, 28, 28)."""
        if z.ndim != 2 or z.shape[1] != 1:
            raise ValueError(f"decode takes (batch, 1), got {tuple(z.shape)}")
        # A function of the parameter too: a kept autograd graph is then noticed.
        return torch.sigmoid(z * self.slope / 4)[:, :, None, None].expand(-1, 1, 28, 28).clone()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return (recon_x, mu, logvar)."""
        mu, logvar = self.encode(x)
        return self.decode(mu + torch.exp(logvar / 2) * torch.randn_like(mu)), mu, logvar

    def sample(self, n: int) -> Tensor:
        """Return n images from the prior."""
        return self.decode(torch.randn(n, 1))


def codes(frames: Tensor) -> Tensor:
    """Return the code that each image of `Grey` was decoded from, from its middle pixel."""
    return torch.logit(frames[:, 0, 14, 14].detach(), eps=1e-6)
