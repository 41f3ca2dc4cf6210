"""Takes the absolute value of the noise.

caught by: noise_has_mean_zero
hint: eps is as often negative as positive: no abs.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.abs(torch.randn_like(std))
    return mu + eps * std
