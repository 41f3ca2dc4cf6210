"""Gives kl_divergence the variance where Normal wants σ.

caught by: kl_of_known_posteriors
hint: Normal(loc, scale) takes the standard deviation: exp(0.5 · logvar).
same as: kl-logvar-read-as-log-sigma
costs: 7-11
"""

import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    q = Normal(mu, torch.exp(logvar))
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    kl = kl_divergence(q, prior).sum()
    return recon + beta * kl, recon, kl
