"""Adds the noise by torch.func over rows, each with randomness of its own."""

import torch


def reparameterize(mu, logvar):
    def one(mean, log_variance):
        return mean + torch.exp(log_variance / 2) * torch.randn_like(mean)

    return torch.func.vmap(one, randomness="different")(mu, logvar)
