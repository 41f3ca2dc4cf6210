"""Clamps mu to ±10 before the KL.

caught by: any_size_and_far_codes
hint: A mean far from 0 must cost what it costs: no clamp.
costs: 1-5
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    mu = mu.clamp(-10, 10)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
