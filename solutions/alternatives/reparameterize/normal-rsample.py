"""torch.distributions draws with a gradient."""

import torch
from torch.distributions import Normal


def reparameterize(mu, logvar):
    return Normal(mu, torch.exp(logvar / 2)).rsample()
