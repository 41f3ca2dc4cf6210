"""Computes in double precision and returns it.

caught by: dtype_matches_mu
hint: z has the dtype of mu: torch.randn_like(mu) takes care of it.
costs: 1-3
"""

import numpy as np
import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.from_numpy(np.random.standard_normal(size=tuple(mu.shape)))
    return mu + std * eps
