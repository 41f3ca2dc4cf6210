"""Casts to float32 whatever comes in.

caught by: dtype_matches_mu
hint: z has the dtype of mu: torch.randn_like(mu) takes care of it.
costs: 1-3
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar.float())
    eps = torch.randn(std.shape)
    return mu.float() + std * eps
