"""Computes the KL under no_grad.

caught by: gradient_reaches_recon_and_posterior
hint: Without a gradient the KL is never minimised: no torch.no_grad here.
same as: kl-detached
costs: 3-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    with torch.no_grad():
        kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
