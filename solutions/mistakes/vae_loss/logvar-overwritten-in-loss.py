"""Takes the exponential of logvar in place.

caught by: inputs_are_unchanged
hint: exp_ writes into the caller’s tensor: use exp.
costs: 1-4
"""

from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * (1 + logvar - mu.pow(2)).sum()
    kl = kl + 0.5 * logvar.exp_().sum()
    return recon + beta * kl, recon, kl
