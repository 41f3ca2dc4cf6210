"""A plain loop over the images."""

from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = kl = 0
    for i in range(len(x)):
        recon = recon + F.binary_cross_entropy(recon_x[i], x[i], reduction="sum")
        kl = kl + 0.5 * (mu[i] ** 2 + logvar[i].exp() - 1 - logvar[i]).sum()
    return recon + beta * kl, recon, kl
