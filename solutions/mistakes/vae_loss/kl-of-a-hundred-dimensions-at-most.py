"""Sums the KL over the first hundred latent dimensions.

caught by: any_size_and_far_codes
hint: Every latent dimension counts, however many there are: sum over all of mu.
costs: 1-5
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    mu, logvar = mu[:, :100], logvar[:, :100]
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
