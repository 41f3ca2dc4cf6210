"""Makes normal noise of uniform noise by hand."""

import torch


def reparameterize(mu, logvar):
    u = torch.rand_like(mu, dtype=torch.float64).clamp(min=1e-300)
    v = torch.rand_like(mu, dtype=torch.float64)
    eps = torch.sqrt(-2 * u.log()) * torch.cos(2 * torch.pi * v)
    return mu + torch.exp(0.5 * logvar) * eps.to(mu.dtype)
