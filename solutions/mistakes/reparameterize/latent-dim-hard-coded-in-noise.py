"""Draws noise for 16 latent dimensions, whatever mu has.

caught by: shape_matches_mu
hint: latent_dim is the caller's choice: take the shape from mu, torch.randn_like(mu).
costs: 1-4
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(mu.size(0), 16)
    return mu + std * eps
