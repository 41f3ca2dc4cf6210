"""Divides both terms by the batch size.

caught by: recon_of_grey_is_784_ln_2
hint: Sums are asked for; leave the division to the training loop.
costs: 2-4
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum") / x.size(0)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / x.size(0)
    return recon + beta * kl, recon, kl
