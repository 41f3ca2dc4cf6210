"""Starts at z = 0 instead of the mean of x1.

caught by: decodes_the_straight_line
hint: The first point is the mean of x1.
costs: 6-10
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
