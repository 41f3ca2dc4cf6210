"""Turns uniform noise into normal noise by the inverse of the normal integral."""

import math

import torch


def reparameterize(mu, logvar):
    tiny = torch.finfo(torch.float64).tiny
    u = torch.rand(mu.shape, dtype=torch.float64).clamp(min=tiny)
    eps = torch.erfinv(2 * u - 1).clamp(-6, 6) * math.sqrt(2)
    return mu + torch.exp(0.5 * logvar) * eps.to(mu)
