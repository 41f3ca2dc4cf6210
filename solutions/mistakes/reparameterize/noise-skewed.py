"""Adds a little of the noise’s square to it.

caught by: tails_are_normal
hint: The noise is N(0, 1): as likely below mu as above.
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    eps = eps + 0.01 * (eps**2 - 1)
    return mu + eps * std
