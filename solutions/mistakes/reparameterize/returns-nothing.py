"""Computes z and forgets to return it.

caught by: shape_matches_mu
hint: A function without return gives None: return z.
costs: 15-20
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    z = mu + std * eps
