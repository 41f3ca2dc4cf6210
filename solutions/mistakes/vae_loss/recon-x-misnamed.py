"""Uses recon where the parameter is called recon_x.

caught by: returns_three_scalars
hint: NameError: the parameter’s name is recon_x.
costs: 22-25
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(reconstruction, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
