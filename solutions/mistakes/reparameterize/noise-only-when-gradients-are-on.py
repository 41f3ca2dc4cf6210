"""Returns mu whenever gradients are switched off.

caught by: noise_needs_no_gradient
hint: z is drawn in train and eval mode alike, with gradients or without.
costs: 5-9
"""

import torch


def reparameterize(mu, logvar):
    if not torch.is_grad_enabled():
        return mu
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + std * eps
