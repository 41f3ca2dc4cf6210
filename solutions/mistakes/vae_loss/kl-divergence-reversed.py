"""Gives kl_divergence the prior first.

caught by: kl_of_known_posteriors
hint: kl_divergence(q, prior): the posterior comes first.
same as: kl-reversed
costs: 7-11
"""

import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    q = Normal(mu, torch.exp(0.5 * logvar))
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    kl = kl_divergence(prior, q).sum()
    return recon + beta * kl, recon, kl
