"""Writes a thumbnail of the image into mu, far from the prior.

caught by: learns_to_reconstruct
hint: The KL keeps codes from saying too much: mu comes from its head alone.
costs: 7-12
"""

import torch
from torch import nn


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1),  # 28 → 14
            nn.ReLU(),
            nn.Conv2d(16, 32, kernel_size=3, stride=2, padding=1),  # 14 → 7
            nn.ReLU(),
            nn.Flatten(),
        )
        self.to_mu = nn.Linear(32 * 7 * 7, latent_dim)
        self.to_logvar = nn.Linear(32 * 7 * 7, latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, 32 * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (32, 7, 7)),
            nn.ConvTranspose2d(32, 16, kernel_size=3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, kernel_size=3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def encode(self, x):
        h = self.encoder(x)
        thumbnail = nn.functional.adaptive_avg_pool2d(x, 4).flatten(1)
        thumbnail = nn.functional.pad(thumbnail, (0, self.latent_dim))[:, : self.latent_dim]
        mu = 30 * thumbnail + 0.001 * self.to_mu(h)
        return mu, self.to_logvar(h) - 30

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar)
        return self.decode(z), mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
