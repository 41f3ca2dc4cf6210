"""The KL through σ and log σ."""

from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    log_sigma = 0.5 * logvar
    sigma = log_sigma.exp()
    kl = ((sigma**2 + mu**2) / 2 - 0.5 - log_sigma).sum()
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    return (recon + beta * kl, recon, kl)
