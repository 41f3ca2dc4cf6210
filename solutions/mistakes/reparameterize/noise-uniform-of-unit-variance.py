"""Draws uniform noise with mean zero and variance one.

caught by: noise_is_normal
hint: Mean and variance are right, the shape is not: eps is normal, torch.randn_like.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = (torch.rand_like(std) - 0.5) * 12**0.5
    return mu + eps * std
