"""Unpacks logvar where mu is meant.

caught by: decodes_the_straight_line
hint: encode returns (mu, logvar): the first is the mean.
costs: 7-13
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        _, mu1 = model.encode(x1.unsqueeze(0))
        _, mu2 = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
