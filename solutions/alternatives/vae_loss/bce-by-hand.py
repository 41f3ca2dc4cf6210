"""The cross-entropy written out, with a tiny clamp against log 0."""

import torch


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    p = recon_x.clamp(1e-7, 1 - 1e-7)
    recon = -(x * torch.log(p) + (1 - x) * torch.log1p(-p)).sum()
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
