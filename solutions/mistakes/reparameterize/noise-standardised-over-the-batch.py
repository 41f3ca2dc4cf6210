"""Subtracts the batch's mean from the noise and divides by its deviation.

caught by: rows_are_independent
hint: eps is standard normal as drawn; standardising it ties the rows together.
costs: 2-6
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    if eps.size(0) > 1:
        eps = (eps - eps.mean(dim=0)) / eps.std(dim=0)
    return mu + eps * std
