"""Draws with Normal.sample(), through which no gradient flows.

caught by: gradient_reaches_mu_and_logvar
hint: sample() draws without a gradient; rsample() is the reparameterized draw.
costs: 5-8
"""

import torch
from torch.distributions import Normal


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    return Normal(mu, std).sample()
