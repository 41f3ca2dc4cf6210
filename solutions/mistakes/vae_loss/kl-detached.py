"""Detaches the KL, so that it is never minimised.

caught by: gradient_reaches_recon_and_posterior
hint: detach() cuts the gradient: the KL must pull on mu and logvar.
costs: 3-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    kl = kl.detach()
    return recon + beta * kl, recon, kl
