"""Has an encoder and a decoder that subclass nn.Sequential, set up from a dataclass."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Widths:
    first: int = 12
    second: int = 24
    side: int = 7

    @property
    def flat(self):
        return self.second * self.side**2


class Encoder(nn.Sequential):
    def __init__(self, widths):
        super().__init__(
            nn.Conv2d(1, widths.first, 5, stride=2, padding=2),
            nn.SiLU(),
            nn.Conv2d(widths.first, widths.second, 5, stride=2, padding=2),
            nn.SiLU(),
            nn.Flatten(),
        )


class Decoder(nn.Sequential):
    def __init__(self, widths, latent_dim):
        super().__init__(
            nn.Linear(latent_dim, widths.flat),
            nn.SiLU(),
            nn.Unflatten(1, (widths.second, widths.side, widths.side)),
            nn.ConvTranspose2d(widths.second, widths.first, 4, stride=2, padding=1),
            nn.SiLU(),
            nn.ConvTranspose2d(widths.first, 1, 4, stride=2, padding=1),
        )

    def forward(self, z):
        return super().forward(z).sigmoid()


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16, widths=None):
        super().__init__()
        widths = widths or Widths()
        self.latent_dim = latent_dim
        self.encoder, self.decoder = Encoder(widths), Decoder(widths, latent_dim)
        self.mu, self.logvar = (nn.Linear(widths.flat, latent_dim) for _ in range(2))

    def encode(self, x):
        h = self.encoder(x)
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        with torch.no_grad():
            return self.decode(z)
