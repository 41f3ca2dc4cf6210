"""Works in place on the fresh noise, which belongs to nobody else."""

import torch


def reparameterize(mu, logvar):
    std = logvar.mul(0.5).exp()
    eps = torch.randn_like(std)
    return eps.mul(std).add_(mu)
