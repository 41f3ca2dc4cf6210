"""Starts at a draw from the prior.

caught by: two_calls_agree
hint: The first point is the mean of x1.
costs: 6-11
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu2, _ = model.encode(x2.unsqueeze(0))
        mu1 = torch.randn_like(mu2)
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
