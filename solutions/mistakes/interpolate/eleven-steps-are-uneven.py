"""Bends the way where there are eleven frames.

caught by: decodes_the_straight_line
hint: The steps are equal for any number of them: linspace(0, 1, steps).
costs: 1-5
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        if steps == 11:
            alpha = alpha**2
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
