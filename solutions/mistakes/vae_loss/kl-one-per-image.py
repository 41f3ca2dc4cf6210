"""Adds the 1 once an image, not once a latent dimension.

caught by: kl_of_known_posteriors
hint: The 1 belongs inside the innermost sum: one for every latent dimension.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + torch.sum(logvar - mu.pow(2) - logvar.exp(), dim=1))
    return recon + beta * kl, recon, kl
