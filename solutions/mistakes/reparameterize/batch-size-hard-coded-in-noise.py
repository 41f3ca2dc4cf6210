"""Draws noise for 128 images, whatever the batch.

caught by: shape_matches_mu
hint: The last batch is smaller: take the shape from mu, torch.randn_like(mu).
costs: 1-4
"""

import torch


def reparameterize(mu, logvar):
    batch_size = 128
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(batch_size, mu.shape[1])
    return mu + std * eps
