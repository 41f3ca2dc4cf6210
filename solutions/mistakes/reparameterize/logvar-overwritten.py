"""Turns logvar into σ in place.

caught by: inputs_are_unchanged
hint: mul_ and exp_ write into the caller's tensor: use mul and exp.
costs: 1-3
"""

import torch


def reparameterize(mu, logvar):
    std = logvar.mul_(0.5).exp_()
    eps = torch.randn_like(std)
    return mu + std * eps
