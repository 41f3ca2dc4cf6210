"""Makes a new tensor for the total, cut off from the graph.

caught by: gradient_reaches_recon_and_posterior
hint: torch.tensor(…) starts a new graph: add the tensors recon and kl.
costs: 3-8
"""

import torch
from torch.nn import functional as F


def vae_loss(recon_x, x, mu, logvar, beta=1.0):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    total = torch.tensor(recon.item() + beta * kl.item(), requires_grad=True)
    return total, recon, kl
