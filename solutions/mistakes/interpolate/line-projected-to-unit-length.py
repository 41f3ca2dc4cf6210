"""Scales every point to length one.

caught by: decodes_the_straight_line
hint: The points stay where the line puts them: no normalisation.
costs: 14-20
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
        z = z / z.norm(dim=1, keepdim=True)
        frames = model.decode(z)
    model.train(was_training)
    return frames
