"""Averages ten draws, which shrinks the noise.

caught by: variance_is_exp_logvar
hint: One draw for each element: the mean of ten draws has a tenth of the variance.
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.stack([torch.randn_like(std) for _ in range(10)]).mean(dim=0)
    return mu + eps * std
