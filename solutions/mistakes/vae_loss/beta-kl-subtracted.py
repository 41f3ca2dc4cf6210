"""Subtracts the KL, as in the ELBO that is maximised.

caught by: total_is_recon_plus_beta_kl
hint: The total is minimised, so the KL is added: recon + beta · kl.
costs: 4-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon - beta * kl, recon, kl
