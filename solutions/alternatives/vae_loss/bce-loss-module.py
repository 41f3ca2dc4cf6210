"""nn.BCELoss with a summing reduction."""

import torch
from torch import nn


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    criterion = nn.BCELoss(reduction="sum")
    recon = criterion(recon_x, x)
    kl = -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum()
    return torch.add(recon, kl, alpha=beta), recon, kl
