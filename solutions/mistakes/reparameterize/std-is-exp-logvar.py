"""Takes exp(logvar) for σ.

caught by: spread_is_sigma
hint: exp(logvar) is the variance; σ is exp(0.5 · logvar).
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
