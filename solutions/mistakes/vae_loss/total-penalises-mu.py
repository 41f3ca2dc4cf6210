"""Adds a small penalty on mu to the total.

caught by: beta_weighs_only_the_kl
hint: total = recon + beta · kl, and nothing else: the KL keeps mu small.
costs: 1-5
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar)
    return recon + beta * kl + 0.01 * mu.norm(), recon, kl
