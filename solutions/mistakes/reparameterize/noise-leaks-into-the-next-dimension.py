"""Lets a fiftieth of each dimension’s noise into the next.

caught by: columns_are_independent
hint: Every latent dimension needs noise of its own: torch.randn_like(std), and no more.
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    eps = (1 - 0.02**2) ** 0.5 * eps + 0.02 * eps.roll(1, dims=1)
    return mu + eps * std
