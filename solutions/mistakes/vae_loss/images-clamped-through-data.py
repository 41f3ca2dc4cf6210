"""Clamps recon_x in place, through .data.

caught by: inputs_are_unchanged
hint: .data writes into the caller’s tensor: use recon_x.clamp(…).
costs: 5-10
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon_x.data.clamp_(0.2, 0.8)
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar)
    return recon + beta * kl, recon, kl
