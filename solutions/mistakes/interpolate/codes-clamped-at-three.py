"""Clamps the codes on the way at ±3.

caught by: decodes_the_straight_line
hint: Means may lie far out: decode the points of the line as they are.
costs: 1-5
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x1, x2]))
        alpha = torch.linspace(0, 1, steps).to(mu).unsqueeze(1)
        frames = model.decode(((1 - alpha) * mu[0] + alpha * mu[1]).clamp(-3, 3))
    model.train(was_training)
    return frames
