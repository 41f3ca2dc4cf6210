"""The log probability of Bernoulli distributions, and sums in double precision."""

import torch
from torch.distributions import Bernoulli, Normal, kl_divergence


def vae_loss(recon_x, x, mu, logvar, beta=1.0, *, check=True):
    assert recon_x.shape == x.shape
    if check and not torch.isfinite(mu).all():
        raise ValueError("the centres must be finite")
    recon = -Bernoulli(probs=recon_x, validate_args=False).log_prob(x).double().sum()
    posterior = Normal(mu, torch.exp(logvar / 2))
    kl = kl_divergence(posterior, Normal(torch.zeros_like(mu), 1.0)).double().sum()
    return recon + beta * kl, recon, kl
