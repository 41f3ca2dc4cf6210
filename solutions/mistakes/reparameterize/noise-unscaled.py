"""Adds standard normal noise, whatever logvar says.

caught by: variance_is_exp_logvar
hint: eps has to be multiplied by σ = exp(0.5 · logvar).
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    eps = torch.randn_like(mu)
    return mu + eps
