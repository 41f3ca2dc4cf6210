"""Normalises the weights of its layers: weight_norm and spectral_norm."""

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(
            weight_norm(nn.Conv2d(1, 16, 3, stride=2, padding=1)),
            nn.ReLU(),
            weight_norm(nn.Conv2d(16, 32, 3, stride=2, padding=1)),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.heads = nn.Linear(32 * 7 * 7, 2 * latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, 32 * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (32, 7, 7)),
            spectral_norm(nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)),
            nn.ReLU(),
            weight_norm(nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1)),
            nn.Sigmoid(),
        )

    def encode(self, x):
        mu, logvar = self.heads(self.encoder(x)).chunk(2, dim=1)
        return mu, logvar

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar

    def sample(self, n):
        return self.decode(torch.randn(n, self.latent_dim))
