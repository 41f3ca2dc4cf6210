"""Estimates the KL from one random z instead of the closed form.

caught by: kl_of_known_posteriors
hint: Two Gaussians have a closed form: −½ Σ (1 + logvar − mu² − σ²).
costs: 5-9
"""

import torch
from torch.distributions import Normal
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    q = Normal(mu, torch.exp(0.5 * logvar))
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    z = q.rsample()
    kl = (q.log_prob(z) - prior.log_prob(z)).sum()
    return recon + beta * kl, recon, kl
