"""Undoes the natural logarithm with 2 ** instead of exp.

caught by: variance_is_exp_logvar
hint: logvar is a natural logarithm: torch.exp undoes it, 2 ** does not.
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = 2 ** (0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
