"""Makes a generator with a fixed seed at every call.

caught by: varies_between_calls
hint: A new generator with the same seed draws the same numbers: every call must draw afresh.
same as: noise-reseeded
costs: 12-18
"""

import torch


def reparameterize(mu, logvar):
    generator = torch.Generator().manual_seed(42)
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(std.shape, generator=generator, dtype=std.dtype)
    return mu + eps * std
