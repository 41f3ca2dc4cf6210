"""Samples under no_grad, so that nothing behind it is trained.

caught by: gradient_reaches_mu_and_logvar
hint: The point of the trick is the gradient: no torch.no_grad here.
same as: normal-sample-not-rsample
costs: 5-8
"""

import torch


@torch.no_grad()
def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
