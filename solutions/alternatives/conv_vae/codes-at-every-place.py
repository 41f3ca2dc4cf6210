"""Puts the code at every place beside coordinates, and decodes from there."""

import torch
from torch import nn


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4, 16, 3, padding="same"),
            nn.ELU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ELU(),
            nn.Flatten(),
        )
        self.heads = nn.Linear(32 * 7 * 7, 2 * latent_dim)
        line = torch.linspace(-1, 1, 7)
        grid = torch.stack(torch.meshgrid(line, line, indexing="ij"))
        self.register_buffer("grid", grid, persistent=False)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(latent_dim + 2, 48, 3, padding=1),
            nn.ELU(),
            nn.ConvTranspose2d(48, 24, 4, stride=2, padding=1),
            nn.ELU(),
            nn.ConvTranspose2d(24, 4, 3, padding=1),
            nn.PixelShuffle(2),
            nn.Sigmoid(),
        )

    def encode(self, x):
        return torch.tensor_split(self.heads(self.encoder(x)), 2, dim=-1)

    def decode(self, z):
        z = z[:, :, None, None].expand(-1, -1, 7, 7)
        return self.decoder(torch.cat([z, self.grid.expand(len(z), -1, -1, -1)], dim=1))

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar)
        return self.decode(z), mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
