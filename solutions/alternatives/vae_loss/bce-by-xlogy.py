"""The cross-entropy by xlogy, where 0 · log 0 is 0."""

import torch


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    p = recon_x.clamp(1e-12, 1 - 1e-7)
    recon = -(torch.xlogy(x, p) + torch.special.xlog1py(1 - x, -p)).sum()
    kl = 0.5 * (torch.expm1(logvar) - logvar + mu * mu).sum()
    return recon + beta * kl, recon, kl
