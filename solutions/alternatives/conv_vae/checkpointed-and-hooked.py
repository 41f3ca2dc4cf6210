"""Gradient checkpoints, a forward hook, and a counter of training steps."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.to_mu = nn.Linear(32 * 7 * 7, latent_dim)
        self.to_logvar = nn.Linear(32 * 7 * 7, latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, 32 * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (32, 7, 7)),
            nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )
        self.register_buffer("steps", torch.tensor(0))
        self.encoder.register_forward_hook(lambda _module, _inputs, output: output.clone())

    def encode(self, x):
        h = checkpoint(self.encoder, x, use_reentrant=False)
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        return checkpoint_sequential(self.decoder, 2, z, use_reentrant=False)

    def forward(self, x):
        if self.training:
            self.steps += 1
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
