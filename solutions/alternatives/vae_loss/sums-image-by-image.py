"""Sums over the pixels of each image, then over the batch."""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    per_pixel = F.binary_cross_entropy(recon_x, x, reduction="none")
    recon = per_pixel.flatten(start_dim=1).sum(dim=1).sum()
    kl_per_image = -0.5 * (1 + logvar - mu**2 - torch.exp(logvar)).sum(dim=-1)
    kl = kl_per_image.sum(dim=0)
    return recon + beta * kl, recon, kl
