"""Leaves the variance out of the KL.

caught by: kl_of_known_posteriors
hint: exp(logvar) is missing: −½ Σ (1 + logvar − mu² − σ²).
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2))
    return recon + beta * kl, recon, kl
