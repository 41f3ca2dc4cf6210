"""Adds x2’s mean instead of the difference of the means.

caught by: decodes_the_straight_line
hint: From mu1 towards mu2: mu1 + alpha · (mu2 − mu1).
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
        z = mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
