"""Starts both heads at zero, so that a fresh model encodes every image as the prior."""

import torch
from torch import nn


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.Mish(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.Mish(),
            nn.Flatten(),
        )
        self.heads = nn.ModuleDict(
            {name: nn.Linear(32 * 7 * 7, latent_dim) for name in ("mu", "logvar")}
        )
        for head in self.heads.values():
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, 32 * 7 * 7),
            nn.Mish(),
            nn.Unflatten(1, (32, 7, 7)),
            nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1),
            nn.Mish(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
        )

    def encode(self, x):
        h = self.encoder(x)
        return tuple(head(h) for head in self.heads.values())

    def decode(self, z):
        return torch.special.expit(self.decoder(z))

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar

    def sample(self, n):
        return self.decode(torch.randn(n, self.latent_dim))
