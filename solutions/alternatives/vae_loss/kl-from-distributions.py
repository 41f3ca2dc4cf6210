"""kl_divergence of two Normals, summed."""

import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    posterior = Normal(mu, torch.exp(0.5 * logvar))
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    kl = kl_divergence(posterior, prior).sum()
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    return recon + kl * beta, recon, kl
