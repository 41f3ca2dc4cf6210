"""The decoder's transposed convolutions use the encoder's kernels."""

import torch
from torch import nn


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.down1 = nn.Conv2d(1, 16, 4, stride=2, padding=1)
        self.down2 = nn.Conv2d(16, 32, 4, stride=2, padding=1)
        self.to_mu = nn.Linear(32 * 7 * 7, latent_dim)
        self.to_logvar = nn.Linear(32 * 7 * 7, latent_dim)
        self.widen = nn.Linear(latent_dim, 32 * 7 * 7)
        self.up1 = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)
        self.up2 = nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1)
        self.up1.weight, self.up2.weight = self.down2.weight, self.down1.weight

    def encode(self, x):
        h = self.down2(self.down1(x).relu()).relu().flatten(1)
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        h = self.widen(z).relu().unflatten(1, (32, 7, 7))
        return self.up2(self.up1(h).relu()).sigmoid()

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar)
        return self.decode(z), mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
