"""Halves logvar but forgets the exponential.

caught by: variance_is_exp_logvar
hint: 0.5 · logvar is log σ; one exp away from σ.
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = 0.5 * logvar
    eps = torch.randn_like(std)
    return mu + std * eps
