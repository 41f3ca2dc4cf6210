"""Divides the KL by the number of pixels, to match an averaged reconstruction.

caught by: kl_of_known_posteriors
hint: The reconstruction is a sum here, so the KL is one too: no division.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    kl = kl / x.numel()
    return recon + beta * kl, recon, kl
