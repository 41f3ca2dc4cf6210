"""Draws Laplace noise with mean zero and variance one.

caught by: noise_has_a_normal_shape
hint: Mean and variance are right, the tails are not: eps is normal, torch.randn_like.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.distributions.Laplace(torch.zeros_like(std), 0.5**0.5).sample()
    return mu + eps * std
