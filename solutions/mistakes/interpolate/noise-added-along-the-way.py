"""Adds a little noise to every point of the line.

caught by: chance_plays_no_part
hint: No chance here: the points lie on the straight line.
costs: 6-11
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        z = z + 0.05 * torch.randn_like(z)
        frames = model.decode(z)
    model.train(was_training)
    return frames
