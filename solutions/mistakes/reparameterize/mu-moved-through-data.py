"""Writes z into mu through .data.

caught by: inputs_are_unchanged
hint: .data writes into the caller’s tensor: return mu + std * eps.
costs: 2-6
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    mu.data += (std * torch.randn_like(std)).data
    return mu
