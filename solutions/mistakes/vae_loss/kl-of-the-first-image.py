"""Computes the KL of the first image only.

caught by: kl_of_known_posteriors
hint: Sum over the whole batch, not over row 0.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar[0] - mu[0].pow(2) - logvar[0].exp())
    return recon + beta * kl, recon, kl
