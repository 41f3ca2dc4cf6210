"""Drops one in a hundred of the noise.

caught by: noise_is_normal
hint: The noise is N(0, 1) everywhere: no dropout on it.
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.nn.functional.dropout(torch.randn_like(std), 0.01)
    return mu + eps * std
