"""Draws alpha at random and sorts it.

caught by: two_calls_agree
hint: The points are equally spaced: linspace(0, 1, steps).
costs: 6-11
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.rand(steps).sort().values.view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
