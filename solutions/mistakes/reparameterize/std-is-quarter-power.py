"""Takes the root twice: exp(0.5 · logvar) and then sqrt.

caught by: gradient_of_logvar_is_half_z_minus_mu
hint: exp(0.5 · logvar) is already the square root of the variance.
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar).sqrt()
    eps = torch.randn_like(std)
    return mu + std * eps
