"""Lets a fiftieth of each image’s noise into the next.

caught by: rows_are_independent
hint: Every image needs noise of its own: torch.randn_like(std), and no more.
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    eps = (1 - 0.02**2) ** 0.5 * eps + 0.02 * eps.roll(1, dims=0)
    return mu + eps * std
