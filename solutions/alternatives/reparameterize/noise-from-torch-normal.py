"""Draws the noise with torch.normal; no gradient is needed through it."""

import torch


def reparameterize(mu, logvar):
    with torch.no_grad():
        eps = torch.normal(torch.zeros_like(mu), torch.ones_like(mu))
    return mu + eps * torch.exp(0.5 * logvar)
