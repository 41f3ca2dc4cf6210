"""Clamps σ to at most 1.

caught by: variance_is_exp_logvar
hint: The posterior may be wider than the prior: σ has no upper limit.
costs: 5-9
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar).clamp(max=1.0)
    eps = torch.randn_like(std)
    return mu + std * eps
