"""Binary cross-entropy plus beta times the closed-form KL, both summed."""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    """Return the negative ELBO and its two parts, in nats, summed over the batch.

    Args:
        recon_x: Probabilities from the decoder, shape (batch, 1, 28, 28) or (batch, 784).
        x: Images with values in [0, 1], same shape.
        mu: Mean of q(z|x), shape (batch, latent_dim).
        logvar: log σ² (natural log of the variance, not of σ), same shape as mu.
        beta: Weight of the KL term in the total.

    Returns:
        (total, recon, kl), three scalar tensors, differentiable in all four inputs:
        recon, the binary cross-entropy of recon_x against x, summed over pixels and batch;
        kl, KL(N(mu, diag σ²) ‖ N(0, I)), summed over latent dimensions and batch, ≥ 0;
        total = recon + beta * kl.
    """
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar)
    return recon + beta * kl, recon, kl
