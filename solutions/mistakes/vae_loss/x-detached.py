"""Detaches the target.

caught by: gradcheck_passes
hint: The loss is asked to be differentiable in all four inputs, x among them.
costs: 1-4
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x.detach(), reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
