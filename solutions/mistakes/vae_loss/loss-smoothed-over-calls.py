"""Returns a running average of the KL.

caught by: kl_of_known_posteriors
hint: Each call is about its own batch: keep averages in the training loop.
costs: 4-8
"""

import torch
from torch.nn import functional as F


average = None


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    global average
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar)
    average = kl.detach() if average is None else 0.9 * average + 0.1 * kl.detach()
    kl = kl - kl.detach() + average
    return recon + beta * kl, recon, kl
