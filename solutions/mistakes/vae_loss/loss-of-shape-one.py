"""Returns tensors of shape (1,).

caught by: returns_three_scalars
hint: A scalar tensor has shape (): no unsqueeze.
costs: 1-4
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    total = recon + beta * kl
    return total.unsqueeze(0), recon.unsqueeze(0), kl.unsqueeze(0)
