"""Adds the 1 once a batch, not once a latent dimension.

caught by: batch_is_summed
hint: The 1 belongs inside the sum: one for every dimension of every image.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * (1 + torch.sum(logvar - mu.pow(2) - logvar.exp()))
    return recon + beta * kl, recon, kl
