"""Raises beta from call to call.

caught by: total_is_recon_plus_beta_kl
hint: The training loop chooses beta; the loss keeps nothing from call to call.
costs: 3-8
"""

import torch
from torch.nn import functional as F


calls = 0


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    global calls
    calls += 1
    beta = beta * min(1.0, calls / 1000)
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar)
    return recon + beta * kl, recon, kl
