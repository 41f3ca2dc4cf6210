"""The right KL and cross-entropy, computed independently of any likely answer, in float64.

Shares no line with `solutions/`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence


def kl(mu: Tensor, logvar: Tensor) -> Tensor:
    """Return KL(N(mu, diag σ²) ‖ N(0, I)) in nats, summed, by `torch.distributions`."""
    posterior = Normal(mu.double(), (logvar.double() / 2).exp())
    prior = Normal(torch.zeros_like(posterior.loc), torch.ones_like(posterior.scale))
    return kl_divergence(posterior, prior).sum()


def bce(recon_x: Tensor, x: Tensor) -> Tensor:
    """Return the binary cross-entropy in nats, summed, from its definition in float64."""
    p, target = recon_x.double(), x.double()
    return -(target * p.log() + (1 - target) * torch.log1p(-p)).sum()
