"""Multiplies the noise by logvar itself.

caught by: variance_is_exp_logvar
hint: logvar can be negative, σ cannot: σ is exp(0.5 · logvar).
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    eps = torch.randn_like(logvar)
    return mu + logvar * eps
