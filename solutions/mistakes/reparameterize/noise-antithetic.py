"""Uses each noise vector twice, once with its sign flipped.

caught by: rows_are_independent
hint: The rows are independent draws: no row's noise may follow from another's.
costs: 4-7
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    half = torch.randn_like(std)[: (mu.size(0) + 1) // 2]
    eps = torch.cat([half, -half])[: mu.size(0)]
    return mu + eps * std
