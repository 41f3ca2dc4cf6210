"""Subtracts the noise: just as normal."""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    return mu - std * torch.randn_like(std)
