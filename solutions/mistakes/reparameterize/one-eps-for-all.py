"""Draws a single number for the whole batch.

caught by: rows_are_independent
hint: Draw eps in the shape of mu, one number for each element.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(1, dtype=mu.dtype)
    return mu + eps * std
