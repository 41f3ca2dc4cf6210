"""Multiplies the sum of mu and noise by σ.

caught by: noise_has_mean_zero
hint: Only the noise is scaled: mu + σ · eps, not (mu + eps) · σ.
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return (mu + eps) * std
