"""Two modules of their own, put together in ConvVAE."""

import torch
from torch import nn
from torch.nn import functional as F


class Encoder(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU()
        )
        self.mu = nn.Linear(32 * 7 * 7, latent_dim)
        self.logvar = nn.Linear(32 * 7 * 7, latent_dim)

    def forward(self, x):
        h = torch.flatten(self.features(x), start_dim=1)
        return self.mu(h), self.logvar(h)


class Decoder(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.seed = nn.Linear(latent_dim, 32 * 7 * 7)
        self.up = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1)
        )

    def forward(self, z):
        h = F.relu(self.seed(z)).reshape(len(z), 32, 7, 7)
        return self.up(h).sigmoid()


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = Encoder(latent_dim)
        self.decoder = Decoder(latent_dim)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar

    @torch.no_grad()
    def sample(self, n):
        device = next(self.parameters()).device
        return self.decode(torch.randn(n, self.latent_dim, device=device))
