"""Two strided convolutions down, two transposed convolutions up: 28 → 14 → 7 → 14 → 28."""

import torch
from torch import nn


class ConvVAE(nn.Module):
    """A VAE made of convolutions.

    `__init__(latent_dim=16)`; `encode(x) -> (mu, logvar)`, each `(batch, latent_dim)`, both signs
    possible; `decode(z) -> (batch, 1, 28, 28)` in [0, 1]; `forward(x) -> (recon_x, mu, logvar)`,
    sampling z with the student's `reparameterize`; `sample(n) -> (n, 1, 28, 28)` from the prior.
    `Conv2d` in the encoder, `ConvTranspose2d` in the decoder. Works for every batch size ≥ 1 and
    every `latent_dim` ≥ 1. Extra layers, normalisation, dropout, other activations are free.
    """

    def __init__(self, latent_dim=16):
        """Make the layers."""
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
        """Return `(mu, logvar)`, each `(batch, latent_dim)`, for `x` `(batch, 1, 28, 28)`."""
        h = self.encoder(x)
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        """Return pictures `(batch, 1, 28, 28)` in [0, 1] for `z` `(batch, latent_dim)`."""
        return self.decoder(z)

    def forward(self, x):
        """Return `(recon_x, mu, logvar)`; z is drawn with your `reparameterize`."""
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar)
        return self.decode(z), mu, logvar

    def sample(self, n):
        """Return `n` new pictures `(n, 1, 28, 28)`, from codes drawn from the prior N(0, I)."""
        z = torch.randn(n, self.latent_dim).to(self.to_mu.weight)
        return self.decode(z)
