"""Sums absolute errors instead of the cross-entropy.

caught by: recon_of_grey_is_784_ln_2
hint: recon_x holds probabilities: F.binary_cross_entropy, not F.l1_loss.
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.l1_loss(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
