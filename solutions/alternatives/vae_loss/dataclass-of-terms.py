"""Gathers the terms in a dataclass on the way."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass
class Terms:
    total: Tensor
    recon: Tensor
    kl: Tensor


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.square() + torch.expm1(logvar) - logvar)
    terms = Terms(recon + beta * kl, recon, kl)
    return terms.total, terms.recon, terms.kl
