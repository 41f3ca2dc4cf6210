"""Draws signs instead of normal numbers.

caught by: noise_is_normal
hint: Mean and variance are right, the shape is not: eps is normal, torch.randn_like.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.sign(torch.randn_like(std))
    return mu + eps * std
