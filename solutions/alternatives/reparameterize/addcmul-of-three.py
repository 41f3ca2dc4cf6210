"""One fused call: mu + eps · σ."""

import torch


def reparameterize(mu, logvar):
    return torch.addcmul(mu, torch.randn_like(mu), torch.exp(0.5 * logvar))
