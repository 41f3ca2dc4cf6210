"""Mean plus σ times standard normal noise: chance comes in from outside, gradients pass through."""

import torch


def reparameterize(mu, logvar):
    """Draw z from the posterior N(mu, diag σ²) in a way that gradients can pass.

    Both `(batch, latent_dim)`, any floating dtype, any batch size ≥ 1. Returns `z` of the same
    shape, dtype and device: mu + σ·eps, eps ~ N(0, I), drawn afresh for every element at every
    call, in train and eval mode alike. Differentiable in mu and logvar. Inputs unchanged.

    Args:
        mu: The posterior's mean.
        logvar: log σ² (natural log of the variance, not of σ).
    """
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
