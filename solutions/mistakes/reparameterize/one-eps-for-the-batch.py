"""Draws one noise vector and uses it for every row.

caught by: rows_are_independent
hint: Every image needs its own noise: draw eps in the shape of mu.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(1, mu.size(1), dtype=mu.dtype)
    return mu + eps * std
