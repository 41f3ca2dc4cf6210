"""Forgets the (1 − x) term: dark pixels cost nothing.

caught by: recon_of_grey_is_784_ln_2
hint: x log p + (1 − x) log(1 − p): the second half is missing.
costs: 7-11
"""

import torch


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = -(x * torch.log(recon_x + 1e-8)).sum()
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
