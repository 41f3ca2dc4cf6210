"""Gives the two ends in the wrong order where steps is 2.

caught by: starts_at_x1_and_ends_at_x2
hint: Two steps are x1 and x2, in this order, as for any other number.
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
        z = (1 - alpha) * mu1 + alpha * mu2
        if steps == 2:
            z = torch.cat([mu2, mu1])
        frames = model.decode(z)
    model.train(was_training)
    return frames
