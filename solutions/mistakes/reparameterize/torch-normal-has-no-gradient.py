"""Draws with torch.normal(mu, std), whose gradients are zero.

caught by: gradient_reaches_mu_and_logvar
hint: torch.normal(mu, std) draws without a gradient: write mu + σ · eps.
costs: 5-8
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    return torch.normal(mu, std)
