"""Adds the noise to mu in place.

caught by: inputs_are_unchanged
hint: += writes into the caller's tensor: write mu + std * eps.
costs: 1-3
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    mu += std * torch.randn_like(std)
    return mu
