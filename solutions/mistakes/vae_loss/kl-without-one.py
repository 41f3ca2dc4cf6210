"""Leaves the 1 out, a constant that no gradient shows.

caught by: kl_of_known_posteriors
hint: At mu = 0, logvar = 0 the KL is 0: the −1 makes it so.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - logvar)
    return recon + beta * kl, recon, kl
