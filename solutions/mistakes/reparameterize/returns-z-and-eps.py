"""Returns the noise beside z.

caught by: shape_matches_mu
hint: Return z alone, a tensor of the shape of mu.
costs: 2-6
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps, eps
