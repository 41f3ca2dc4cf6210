"""Averages the reconstruction over the batch once that has more than 64 images.

caught by: any_size_and_far_codes
hint: The sum is the same for any batch: no division, however many images there are.
costs: 3-7
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    if len(x) > 64:
        recon = recon * 64 / len(x)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
