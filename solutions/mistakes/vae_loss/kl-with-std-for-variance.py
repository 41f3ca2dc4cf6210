"""Has σ where σ² belongs.

caught by: kl_of_known_posteriors
hint: The formula has the variance in it: exp(logvar), not exp(0.5 · logvar).
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    std = torch.exp(0.5 * logvar)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - std)
    return recon + beta * kl, recon, kl
