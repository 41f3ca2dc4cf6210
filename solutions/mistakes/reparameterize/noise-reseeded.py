"""Seeds the generator at every call, so that every call draws the same noise.

caught by: varies_between_calls
hint: Seed once, at the top of the notebook; never inside the function.
costs: 12-18
"""

import torch


def reparameterize(mu, logvar):
    torch.manual_seed(0)
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + eps * std
