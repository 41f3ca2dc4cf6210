"""Draws z with NumPy and makes a tensor of it.

caught by: gradient_reaches_mu_and_logvar
hint: NumPy cuts the gradient: stay in torch from mu to z.
costs: 5-8
"""

import numpy as np
import torch


def reparameterize(mu, logvar):
    mean, log_variance = mu.detach().numpy(), logvar.detach().numpy()
    z = np.random.normal(mean, np.exp(0.5 * log_variance))
    return torch.as_tensor(z).to(mu)
