"""Adds σ itself: the noise is a tensor of ones.

caught by: varies_between_calls
hint: eps has to be drawn at random: torch.randn_like, not torch.ones_like.
costs: 12-18
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.ones_like(std)
    return mu + eps * std
