"""Draws noise of shape (latent_dim, batch).

caught by: shape_matches_mu
hint: eps has the shape of mu: torch.randn_like(mu).
costs: 15-20
"""

import torch


def reparameterize(mu, logvar):
    batch, latent_dim = mu.shape
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(latent_dim, batch)
    return mu + std * eps
