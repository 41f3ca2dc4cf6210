"""Detaches the reconstruction, so that the decoder is never trained.

caught by: gradient_reaches_recon_and_posterior
hint: detach() cuts the gradient: recon_x carries it to the decoder.
costs: 3-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x.detach(), x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
