"""Divides the KL by log 2.

caught by: kl_matches_torch_distributions
hint: The loss is in nats: natural logarithms, no division by log 2.
costs: 5-9
"""

import math

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / math.log(2)
    return recon + beta * kl, recon, kl
