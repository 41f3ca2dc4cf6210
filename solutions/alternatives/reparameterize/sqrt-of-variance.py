"""σ as the square root of exp(logvar)."""

import torch


def reparameterize(mu, logvar):
    sigma = logvar.exp().sqrt()
    return torch.randn_like(mu) * sigma + mu
