"""Draws float32 noise, which turns half precision into float32.

caught by: half_precision_stays
hint: torch.randn(shape) is float32; torch.randn_like(mu) has the dtype and device of mu.
costs: 1-3
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(mu.shape)
    return mu + std * eps
