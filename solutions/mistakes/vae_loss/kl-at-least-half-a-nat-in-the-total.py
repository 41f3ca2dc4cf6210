"""Counts at least half a nat of KL in the total.

caught by: beta_weighs_only_the_kl
hint: total = recon + beta · kl, also where the kl is small.
costs: 1-5
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl.clamp(min=0.5), recon, kl
