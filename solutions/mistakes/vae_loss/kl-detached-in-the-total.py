"""Returns a KL with a gradient but detaches it in the total.

caught by: gradient_reaches_recon_and_posterior
hint: It is the total that is minimised: no detach in it.
costs: 3-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return recon + beta * kl.detach(), recon, kl
