"""Takes the exponential of σ once more.

caught by: variance_is_exp_logvar
hint: std is already σ = exp(0.5 · logvar); multiply by it, do not exponentiate it again.
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + torch.exp(std) * eps
