"""Has kernels of 28 × 28: linear layers by another name.

caught by: has_both_kinds_of_convolution
hint: A kernel that covers the image is a linear layer: 3 × 3 or 4 × 4, with stride 2.
costs: 10-16
"""

import torch
from torch import nn


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(nn.Conv2d(1, 256, kernel_size=28), nn.ReLU(), nn.Flatten())
        self.to_mu = nn.Linear(256, latent_dim)
        self.to_logvar = nn.Linear(256, latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, 256),
            nn.ReLU(),
            nn.Unflatten(1, (256, 1, 1)),
            nn.ConvTranspose2d(256, 1, kernel_size=28),
            nn.Sigmoid(),
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
