"""Bounds the KL in the total at 1,000 nats.

caught by: beta_weighs_only_the_kl
hint: The whole KL counts: recon + beta · kl, without a bound.
costs: 3-7
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar)
    return recon + beta * kl.clamp(max=1000), recon, kl
