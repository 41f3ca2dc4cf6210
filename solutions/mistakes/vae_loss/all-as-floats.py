"""Returns three Python floats, through which nothing can be trained.

caught by: returns_three_scalars
hint: item() ends the gradient: return the tensors themselves.
costs: 4-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    recon, kl = recon.item(), kl.item()
    return recon + beta * kl, recon, kl
