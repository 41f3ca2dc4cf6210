"""Clamps logvar to [−4, 4] first.

caught by: kl_of_known_posteriors
hint: The clamp changes the KL and stops its gradient: leave logvar as it is.
costs: 3-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    logvar = logvar.clamp(-4, 4)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
