"""Draws the noise from Student’s t, scaled to variance one.

caught by: tails_are_normal
hint: The noise is normal: torch.randn_like(std).
costs: 1-5
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.distributions.StudentT(30.0).sample(std.shape).to(std)
    return mu + (28 / 30) ** 0.5 * eps * std
