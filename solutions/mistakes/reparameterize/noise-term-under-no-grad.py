"""Computes σ · eps under no_grad.

caught by: gradient_reaches_mu_and_logvar
hint: Only eps needs no gradient, and it has none; σ must keep its own.
same as: logvar-detached
costs: 5-8
"""

import torch


def reparameterize(mu, logvar):
    with torch.no_grad():
        std = torch.exp(0.5 * logvar)
        noise = std * torch.randn_like(std)
    return mu + noise
