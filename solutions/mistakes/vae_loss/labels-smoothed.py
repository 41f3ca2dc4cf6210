"""Smooths the labels of the cross-entropy.

caught by: recon_matches_bce
hint: x is the target as it is: no label smoothing.
costs: 4-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, 0.98 * x + 0.01, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
