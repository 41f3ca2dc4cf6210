"""Averages the reconstruction while the KL is summed.

caught by: recon_of_grey_is_784_ln_2
hint: binary_cross_entropy averages by default: reduction="sum", or the KL outweighs it.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
