"""Adds 1e-3 to the variance "for stability".

caught by: variance_is_exp_logvar
hint: exp is never zero, so the variance needs nothing added to it.
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.sqrt(logvar.exp() + 1e-3)
    eps = torch.randn_like(std)
    return mu + std * eps
