"""Reads logvar through .data, which carries no gradient.

caught by: gradient_reaches_mu_and_logvar
hint: .data is an old spelling of detach(): use logvar itself.
same as: logvar-detached
costs: 5-8
"""

import torch


def reparameterize(mu, logvar):
    std = logvar.data.mul(0.5).exp()
    eps = torch.randn_like(std)
    return eps * std + mu
