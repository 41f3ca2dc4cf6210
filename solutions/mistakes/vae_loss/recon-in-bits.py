"""Divides the reconstruction by log 2.

caught by: recon_of_grey_is_784_ln_2
hint: The loss is in nats: natural logarithms, no division by log 2.
costs: 5-9
"""

import math

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum") / math.log(2)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
