"""Draws a thousand rows and uses them again for the rows after.

caught by: rows_are_independent
hint: Every image needs its own noise, in large batches too: torch.randn_like(std).
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(1000, *mu.shape[1:], dtype=mu.dtype)
    eps = eps.repeat(len(mu) // 1000 + 1, 1)[: len(mu)]
    return mu + std * eps
