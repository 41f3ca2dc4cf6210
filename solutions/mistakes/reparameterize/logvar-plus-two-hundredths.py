"""Adds 0.02 to logvar, to be safe.

caught by: variance_is_exp_logvar
hint: exp needs no safety: σ is exp(0.5 · logvar) as it stands.
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * (logvar + 2e-2))
    return mu + torch.randn_like(std) * std
