"""Uses log10 in a hand-written cross-entropy.

caught by: recon_of_grey_is_784_ln_2
hint: Nats are natural logarithms: torch.log.
costs: 5-9
"""

import torch


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    p = recon_x.clamp(1e-7, 1 - 1e-7)
    recon = -(x * p.log10() + (1 - x) * (1 - p).log10()).sum()
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
