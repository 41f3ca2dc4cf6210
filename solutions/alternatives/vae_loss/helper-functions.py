"""Two helpers with type hints and a keyword default."""

import torch
from torch.nn import functional as F


def gaussian_kl(mu: torch.Tensor, logvar: torch.Tensor, dim: int | None = None) -> torch.Tensor:
    """KL(N(mu, σ²) ‖ N(0, I)) in nats."""
    return 0.5 * torch.sum(mu.pow(2) + logvar.exp() - logvar - 1, dim=dim)


def bernoulli_nll(p: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return F.binary_cross_entropy(p, x, reduction="sum")


def vae_loss(
    recon_x: torch.Tensor,
    x: torch.Tensor,
    mu: torch.Tensor,
    logvar: torch.Tensor,
    beta: float = 1.0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    recon, kl = bernoulli_nll(recon_x, x), gaussian_kl(mu, logvar)
    return recon + beta * kl, recon, kl
