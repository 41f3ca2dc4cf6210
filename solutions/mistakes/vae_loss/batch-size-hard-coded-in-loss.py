"""Reshapes to a batch of 128, whatever the batch.

caught by: returns_three_scalars
hint: The last batch is smaller: use -1, or flatten(1).
costs: 1-5
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x.view(128, 784), x.view(128, 784), reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
