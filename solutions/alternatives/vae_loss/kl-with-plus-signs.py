"""The KL as ½ Σ (σ² + mu² − 1 − logvar), with σ² named."""

from torch import nn


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    variance = logvar.exp()
    kl = 0.5 * (variance + mu**2 - 1 - logvar).sum()
    recon = nn.functional.binary_cross_entropy(recon_x, x, reduction="sum")
    total = recon + beta * kl
    return total, recon, kl
