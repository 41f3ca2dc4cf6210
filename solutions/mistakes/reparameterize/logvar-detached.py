"""Detaches logvar, so that the encoder's variance is never trained.

caught by: gradient_reaches_mu_and_logvar
hint: detach() cuts the gradient to logvar: dz/dlogvar is (z − mu) / 2.
costs: 5-8
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar.detach())
    eps = torch.randn_like(std)
    return mu + std * eps
