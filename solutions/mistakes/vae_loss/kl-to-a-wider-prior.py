"""Measures the distance to a prior of variance 1.1.

caught by: kl_of_known_posteriors
hint: The prior is N(0, I): variance one.
costs: 7-11
"""

import math

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    prior = 1.1
    kl = 0.5 * torch.sum((mu.pow(2) + logvar.exp()) / prior - 1 - logvar + math.log(prior))
    return recon + beta * kl, recon, kl
