"""Detaches mu, so that the encoder's mean is never trained.

caught by: gradient_of_mu_is_one
hint: detach() cuts the gradient to mu: dz/dmu is 1.
costs: 5-8
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu.detach() + std * eps
