"""Adds 0.1 to σ "for stability".

caught by: variance_is_exp_logvar
hint: exp is never zero, so σ needs nothing added to it.
costs: 5-9
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar) + 0.1
    eps = torch.randn_like(std)
    return mu + std * eps
