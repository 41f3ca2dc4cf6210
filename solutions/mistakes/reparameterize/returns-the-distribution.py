"""Returns a distribution instead of a draw from it.

caught by: shape_matches_mu
hint: Draw from it: Normal(mu, std).rsample().
costs: 14-20
"""

import torch


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    return torch.distributions.Normal(mu, std)
