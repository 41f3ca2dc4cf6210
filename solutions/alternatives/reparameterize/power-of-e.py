"""e to the power of half of logvar, noise from normal_ on an empty tensor."""

import math

import torch


def reparameterize(mu, logvar):
    eps = torch.empty_like(mu).normal_()
    return mu + math.e ** (logvar / 2) * eps
