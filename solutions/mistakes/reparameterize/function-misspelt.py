"""Defines reparametrize, so that reparameterize is missing.

caught by: shape_matches_mu
hint: The name has one more e: reparameterize.
costs: 1-2
"""

import torch


def reparametrize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
