"""Sums the KL over the first 16 latent dimensions only.

caught by: any_size_and_far_codes
hint: Sum over all latent dimensions, however many there are.
costs: 2-6
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    mu, logvar = mu[:, :16], logvar[:, :16]
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
