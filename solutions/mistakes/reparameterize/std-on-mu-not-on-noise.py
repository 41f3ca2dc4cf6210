"""Scales mu by σ and leaves the noise unscaled.

caught by: noise_has_mean_zero
hint: σ belongs to the noise: mu + σ · eps.
costs: 9-14
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu * std + eps
