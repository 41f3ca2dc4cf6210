"""Lets every dimension have a tenth of a nat for free.

caught by: kl_of_known_posteriors
hint: Free bits are another loss: the KL here is exact.
costs: 4-8
"""

from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * (mu.pow(2) + logvar.exp() - 1 - logvar)
    kl = kl.clamp(min=0.1).sum()
    return recon + beta * kl, recon, kl
