"""Draws 64 rows of noise and cuts off what is too much.

caught by: any_size_works
hint: A batch may be larger than 64: take the shape from mu, torch.randn_like(mu).
costs: 4-9
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(64, mu.size(1), dtype=mu.dtype)[: mu.size(0)]
    return mu + std * eps
