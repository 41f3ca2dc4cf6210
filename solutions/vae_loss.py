"""Binary cross-entropy plus beta times the closed-form KL, both summed."""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    """Return the loss of a VAE and its two parts.

    Returns `(total, recon, kl)`, three scalar tensors in nats. `recon`: binary cross-entropy of
    the probabilities `recon_x` against `x` (both `(batch, 1, 28, 28)` or `(batch, 784)`),
    **summed** over pixels and batch. `kl`: KL(N(mu, diag σ²) ‖ N(0, I)), **summed** over latent
    dimensions and batch, ≥ 0. `total = recon + beta * kl`. Differentiable in all four.

    Args:
        recon_x: What the decoder made, probabilities in [0, 1].
        x: The originals, in [0, 1].
        mu: The posteriors' means, `(batch, latent_dim)`.
        logvar: log σ² (natural log of the variance, not of σ), `(batch, latent_dim)`.
        beta: The weight of `kl`, a number.
    """
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar)
    return recon + beta * kl, recon, kl
