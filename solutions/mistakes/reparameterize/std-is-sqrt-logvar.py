"""Takes the square root of logvar for σ.

caught by: variance_is_exp_logvar
hint: logvar is the log of the variance: undo the log with exp before the square root.
costs: 7-11
"""

import torch


def reparameterize(mu, logvar):
    std = torch.sqrt(logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
