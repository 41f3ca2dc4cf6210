"""Walks along the direction of unit length: 0 / 0 where both means agree.

caught by: decodes_the_straight_line
hint: No division is needed: mu1 + alpha * (mu2 - mu1).
costs: 1-5
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x1, x2]))
        alpha = torch.linspace(0, 1, steps).to(mu).unsqueeze(1)
        distance = (mu[1] - mu[0]).norm()
        direction = (mu[1] - mu[0]) / distance
        frames = model.decode(mu[0] + alpha * distance * direction)
    model.train(was_training)
    return frames
