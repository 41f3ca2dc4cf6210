"""Averages the KL over the latent dimensions.

caught by: kl_of_known_posteriors
hint: The KL of independent dimensions adds up: sum over them.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp(), dim=1).sum()
    return recon + beta * kl, recon, kl
