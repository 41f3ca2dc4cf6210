"""Scales σ by a sampling temperature of 1.05.

caught by: variance_is_exp_logvar
hint: z ~ N(mu, σ²) exactly: no temperature on σ.
costs: 3-7
"""

import torch


def reparameterize(mu, logvar, temperature=1.05):
    std = temperature * torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
