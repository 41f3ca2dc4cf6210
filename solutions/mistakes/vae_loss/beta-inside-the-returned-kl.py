"""Returns beta · kl as the KL.

caught by: kl_of_known_posteriors
hint: beta enters the total only; kl is returned unweighted.
costs: 3-6
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = beta * -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + kl, recon, kl
