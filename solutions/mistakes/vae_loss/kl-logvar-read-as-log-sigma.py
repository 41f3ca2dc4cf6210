"""Reads logvar as log σ.

caught by: kl_of_known_posteriors
hint: logvar is log σ²: σ² = exp(logvar), not exp(2 · logvar).
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + 2 * logvar - mu.pow(2) - torch.exp(2 * logvar))
    return recon + beta * kl, recon, kl
