"""Scales the noise by 0.95 to make samples look cleaner.

caught by: variance_is_exp_logvar
hint: z ~ N(mu, σ²) exactly: the noise has standard deviation one.
costs: 3-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = 0.95 * torch.randn_like(std)
    return mu + std * eps
