"""Measures its shapes once, and feeds the code to two stages of the decoder."""

from functools import lru_cache

import torch
from torch import nn


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.convolutions = nn.Sequential(
            nn.Conv2d(1, 16, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, 2, 1),
            nn.LeakyReLU(0.2),
        )
        channels, height, width = self.shape()
        self.to_code = nn.Linear(channels * height * width, 2 * latent_dim)
        self.from_code = nn.Linear(latent_dim, channels * height * width)
        self.tint = nn.Linear(latent_dim, 16)
        self.up1 = nn.ConvTranspose2d(channels, 16, 4, 2, 1)
        self.up2 = nn.ConvTranspose2d(16, 1, 4, 2, 1)

    @staticmethod
    @lru_cache(maxsize=1)
    def shape(side=28):
        return 32, side // 4, side // 4

    def encode(self, x):
        both = self.to_code(self.convolutions(x).reshape(x.shape[0], -1))
        return both[:, : self.latent_dim], both[:, self.latent_dim :]

    def decode(self, z):
        h = self.from_code(z).reshape(z.shape[0], *self.shape())
        h = torch.nn.functional.leaky_relu(self.up1(h) + self.tint(z)[:, :, None, None], 0.2)
        return torch.sigmoid(self.up2(h))

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar

    def sample(self, n):
        return self.decode(torch.randn(n, self.latent_dim))
