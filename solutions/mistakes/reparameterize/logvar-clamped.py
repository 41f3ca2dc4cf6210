"""Clamps logvar to [−2, 2] before using it.

caught by: variance_is_exp_logvar
hint: The clamp changes σ and stops the gradient outside of it: leave logvar as it is.
costs: 3-8
"""

import torch


def reparameterize(mu, logvar):
    logvar = torch.clamp(logvar, -2.0, 2.0)
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
