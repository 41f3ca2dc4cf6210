"""Mean plus σ times standard normal noise: chance comes in from outside, gradients pass through."""

import torch


def reparameterize(mu, logvar):
    """Draw z ~ N(mu, diag(exp(logvar))) so that gradients reach mu and logvar.

    z = mu + σ·eps with eps ~ N(0, I), drawn afresh for every element at every call,
    in train and eval mode alike.

    Args:
        mu: Mean, shape (batch, latent_dim), any floating dtype, any batch size ≥ 1.
        logvar: log σ² (natural log of the variance, not of σ), same shape.

    Returns:
        z, of the same shape, dtype and device as mu. mu and logvar stay unchanged.
    """
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
