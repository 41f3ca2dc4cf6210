"""Returns one KL for each latent dimension.

caught by: returns_three_scalars
hint: Sum over the latent dimensions too: a scalar.
costs: 4-9
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=0)
    return recon + beta * kl, recon, kl
