"""Uses mu as the log variance and logvar as the mean.

caught by: noise_has_mean_zero
hint: The first argument is the mean, the second the log variance.
costs: 7-13
"""

import torch


def reparameterize(logvar, mu):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
