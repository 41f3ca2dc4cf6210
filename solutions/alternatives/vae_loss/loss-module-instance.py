"""A module's instance, with the divergence as a static method."""

import torch
from torch import nn


class VAELoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.bce = nn.BCELoss(reduction="sum")

    @staticmethod
    def divergence(mu, logvar):
        return torch.sum(torch.expm1(logvar) - logvar + mu * mu) / 2

    def forward(self, recon_x, x, mu, logvar, beta=1.0):
        recon, kl = self.bce(recon_x, x), self.divergence(mu, logvar)
        return torch.add(recon, kl, alpha=beta), recon, kl


vae_loss = VAELoss()
