"""Takes noise at random from a pool of ten thousand numbers, drawn once.

caught by: noise_is_normal
hint: Draw new noise at every call: torch.randn_like(std).
costs: 2-6
"""

import torch

POOL = torch.randn(10_000, dtype=torch.float64)


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = POOL[torch.randint(len(POOL), mu.shape)].to(mu)
    return mu + std * eps
