"""Gives binary_cross_entropy the target first.

caught by: recon_of_grey_is_784_ln_2
hint: F.binary_cross_entropy(input, target): the prediction recon_x comes first.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(x, recon_x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
