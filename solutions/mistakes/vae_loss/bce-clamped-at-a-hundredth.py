"""Clamps the probabilities to [0.01, 0.99].

caught by: recon_of_grey_is_784_ln_2
hint: A clamp against log 0 must be tiny (1e-7): this one changes the loss.
costs: 4-8
"""

import torch


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    p = recon_x.clamp(0.01, 0.99)
    recon = -(x * p.log() + (1 - x) * (1 - p).log()).sum()
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
