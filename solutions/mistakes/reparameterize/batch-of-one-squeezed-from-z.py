"""Squeezes z, which loses the batch axis of a single image.

caught by: shape_matches_mu
hint: squeeze() removes every axis of length one: a batch of one must stay (1, latent_dim).
costs: 1-3
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return (mu + std * eps).squeeze()
