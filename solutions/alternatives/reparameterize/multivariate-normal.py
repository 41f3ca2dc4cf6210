"""Draws each row from a multivariate normal with diagonal covariance."""

from torch.distributions import Independent, Normal


def reparameterize(mu, logvar):
    posterior = Independent(Normal(mu, logvar.exp().pow(0.5)), 1)
    return posterior.rsample()
