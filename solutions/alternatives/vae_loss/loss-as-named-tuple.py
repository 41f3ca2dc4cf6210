"""A named tuple is a tuple."""

from typing import NamedTuple

import torch
from torch.nn import functional as F


class Loss(NamedTuple):
    total: torch.Tensor
    recon: torch.Tensor
    kl: torch.Tensor


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return Loss(recon + beta * kl, recon, kl)
