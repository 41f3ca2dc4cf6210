"""Takes its noise from NumPy, from a generator of its own."""

import numpy as np
import torch

generator = np.random.default_rng()


def reparameterize(mu, logvar):
    eps = torch.from_numpy(generator.standard_normal(tuple(mu.shape))).to(mu)
    return eps.mul(logvar.mul(0.5).exp()).add(mu)
