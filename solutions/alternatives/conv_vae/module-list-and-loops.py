"""Layers in ModuleLists, built in loops; type hints."""

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F


class ConvVAE(nn.Module):
    def __init__(self, latent_dim: int = 16, channels: tuple[int, ...] = (16, 32)) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.last = channels[-1]
        down = [1, *channels]
        up = [*reversed(channels), 1]
        self.downs = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(down)
        )
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 3, stride=2, padding=1, output_padding=1)
            for a, b in pairwise(up)
        )
        self.heads = nn.ModuleDict(
            {name: nn.Linear(self.last * 49, latent_dim) for name in ("mu", "logvar")}
        )
        self.start = nn.Linear(latent_dim, self.last * 49)

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        for layer in self.downs:
            x = F.silu(layer(x))
        h = x.flatten(1)
        return self.heads["mu"](h), self.heads["logvar"](h)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        h = self.start(z).unflatten(1, (self.last, 7, 7))
        for layer in self.ups:
            h = layer(F.silu(h))
        return torch.sigmoid(h)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar

    def sample(self, n: int) -> torch.Tensor:
        z = torch.normal(0.0, 1.0, size=(n, self.latent_dim))
        return self.decode(z)
