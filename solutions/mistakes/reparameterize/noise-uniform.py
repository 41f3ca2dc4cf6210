"""Draws from rand (uniform on [0, 1)) instead of randn.

caught by: noise_has_mean_zero
hint: torch.rand is uniform; torch.randn is standard normal.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.rand_like(std)
    return mu + eps * std
