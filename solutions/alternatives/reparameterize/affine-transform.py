"""Sends standard normal noise through an affine transform of torch.distributions."""

import torch
from torch.distributions import AffineTransform, Normal, TransformedDistribution


def reparameterize(mu, logvar):
    standard = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    scale = torch.exp(logvar * 0.5)
    return TransformedDistribution(standard, AffineTransform(mu, scale)).rsample()
