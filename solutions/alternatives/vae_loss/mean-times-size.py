"""Averages and multiplies by the number of pixels again."""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x) * x.numel()
    kl = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp()) * mu.numel()
    return recon + beta * kl, recon, kl
