"""Bends the path of alpha by half a per cent.

caught by: steps_are_equal
hint: Equally spaced points: linspace(0, 1, steps) as it is.
costs: 2-7
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        alpha = alpha + 0.005 * torch.sin(2 * torch.pi * alpha)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
