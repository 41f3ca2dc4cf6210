"""Treats beta as a warm-up weight and caps it at one.

caught by: beta_weighs_only_the_kl
hint: beta may be any weight: recon + beta · kl.
costs: 2-5
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + min(beta, 1.0) * kl, recon, kl
