"""Clips the noise at two standard deviations.

caught by: noise_is_normal
hint: A normal number may lie anywhere: draw eps and leave it as it is.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std).clamp(-2, 2)
    return mu + eps * std
