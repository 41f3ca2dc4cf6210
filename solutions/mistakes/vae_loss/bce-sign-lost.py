"""Sums the log likelihood without the minus.

caught by: recon_of_grey_is_784_ln_2
hint: The cross-entropy is minus the log likelihood, and positive.
costs: 7-11
"""

import torch


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    p = recon_x.clamp(1e-6, 1 - 1e-6)
    recon = (x * p.log() + (1 - x) * (1 - p).log()).sum()
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
