"""Rounds the image to black and white first.

caught by: recon_of_grey_is_784_ln_2
hint: x stays as it is: grey pixels are targets between 0 and 1.
costs: 4-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    x = (x > 0.5).to(recon_x.dtype)
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl, recon, kl
