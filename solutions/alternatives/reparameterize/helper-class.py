"""A small class holds the posterior and draws from it."""

import torch


class Posterior:
    def __init__(self, mu, logvar):
        self.mu, self.logvar = mu, logvar

    @property
    def std(self):
        return torch.exp(0.5 * self.logvar)

    def draw(self):
        return self.mu + self.std * torch.randn_like(self.std)


def reparameterize(mu, logvar):
    return Posterior(mu, logvar).draw()
