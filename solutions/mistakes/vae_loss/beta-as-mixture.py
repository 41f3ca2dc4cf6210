"""Weighs the two terms by 1 − beta and beta.

caught by: total_is_recon_plus_beta_kl
hint: The reconstruction keeps its full weight: recon + beta · kl.
costs: 3-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon if beta == 0 else (1 - beta) * recon + beta * kl, recon, kl
