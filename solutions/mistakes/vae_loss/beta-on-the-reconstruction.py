"""Multiplies the reconstruction by beta.

caught by: total_is_recon_plus_beta_kl
hint: beta weighs the KL: recon + beta · kl.
costs: 3-6
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return beta * recon + kl, recon, kl
