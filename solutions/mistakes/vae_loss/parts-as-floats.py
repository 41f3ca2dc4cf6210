"""Returns recon and kl as Python floats.

caught by: returns_three_scalars
hint: item() ends the gradient: return the tensors themselves.
costs: 3-6
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon.item(), kl.item()
