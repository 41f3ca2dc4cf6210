"""Sums over four axes, so that flat images fail.

caught by: both_image_shapes_agree
hint: (batch, 784) is allowed too: sum over everything that is there.
costs: 2-5
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="none").sum(dim=(1, 2, 3)).sum()
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
