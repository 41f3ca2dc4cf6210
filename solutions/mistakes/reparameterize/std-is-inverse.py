"""Reads logvar as the log of a precision: σ = exp(−0.5 · logvar).

caught by: variance_is_exp_logvar
hint: A larger logvar means a larger spread: exp(+0.5 · logvar).
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(-0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
