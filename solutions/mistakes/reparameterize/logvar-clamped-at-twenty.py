"""Clamps logvar to ±20.

caught by: is_mu_where_sigma_vanishes
hint: exp is safe here: the variance may be as small as it likes.
costs: 1-3
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar.clamp(-20, 20))
    return mu + torch.randn_like(std) * std
