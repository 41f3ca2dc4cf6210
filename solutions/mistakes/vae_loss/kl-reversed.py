"""Computes KL(N(0, I) ‖ q) instead of KL(q ‖ N(0, I)).

caught by: kl_of_known_posteriors
hint: The posterior comes first: KL(q ‖ prior) has σ² in it, not 1 / σ².
costs: 7-11
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(logvar + (1 + mu.pow(2)) / logvar.exp() - 1)
    return recon + beta * kl, recon, kl
