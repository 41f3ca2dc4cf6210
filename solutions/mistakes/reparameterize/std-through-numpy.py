"""Computes σ with NumPy, which knows no gradient.

caught by: gradient_reaches_mu_and_logvar
hint: NumPy cuts the gradient: torch.exp does the same and keeps it.
costs: 5-8
"""

import numpy as np
import torch


def reparameterize(mu, logvar):
    std = torch.from_numpy(np.exp(0.5 * logvar.detach().numpy()))
    eps = torch.randn_like(std)
    return mu + std * eps
