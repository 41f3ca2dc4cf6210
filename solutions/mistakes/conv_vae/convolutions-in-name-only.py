"""Calls its linear layers Conv2d and ConvTranspose2d.

caught by: has_both_kinds_of_convolution
same as: linear-layers-only
hint: A convolution uses one small kernel everywhere: nn.Conv2d and nn.ConvTranspose2d.
costs: 10-16
"""

import torch
from torch import nn


class Conv2d(nn.Linear):
    pass


class ConvTranspose2d(nn.Linear):
    pass


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(nn.Flatten(), Conv2d(784, 400), nn.ReLU())
        self.to_mu = nn.Linear(400, latent_dim)
        self.to_logvar = nn.Linear(400, latent_dim)
        self.decoder = nn.Sequential(
            ConvTranspose2d(latent_dim, 400),
            nn.ReLU(),
            nn.Linear(400, 784),
            nn.Sigmoid(),
            nn.Unflatten(1, (1, 28, 28)),
        )

    def encode(self, x):
        h = self.encoder(x)
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar)
        return self.decode(z), mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
