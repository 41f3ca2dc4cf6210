"""Draws uniform noise from [−1, 1).

caught by: variance_is_exp_logvar
hint: The trick needs standard normal noise: torch.randn_like.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = 2 * torch.rand_like(std) - 1
    return mu + eps * std
