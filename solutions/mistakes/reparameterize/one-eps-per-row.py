"""Draws one number for each row and uses it for every column.

caught by: columns_are_independent
hint: Every latent dimension needs its own noise: draw eps in the shape of mu.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(mu.size(0), 1, dtype=mu.dtype)
    return mu + eps * std
