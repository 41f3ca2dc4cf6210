"""Hides a wrong sign behind abs and averages over the batch.

caught by: kl_of_known_posteriors
hint: Sum over batch and latent dimensions; with the right sign no abs is needed.
same as: kl-mean-over-batch
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = torch.abs(0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1).mean())
    return recon + beta * kl, recon, kl
