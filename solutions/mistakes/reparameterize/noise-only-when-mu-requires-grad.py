"""Draws noise in training only, and adds σ alone otherwise.

caught by: varies_between_calls
hint: z is drawn in train and eval mode alike: always add σ · eps.
costs: 7-12
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    if mu.requires_grad:
        return mu + std * torch.randn_like(std)
    return mu + std
