"""Sets the default of beta to 4.

caught by: total_is_recon_plus_beta_kl
hint: Called without beta, this is a plain VAE: beta=1.0.
costs: 1-4
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=4.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
