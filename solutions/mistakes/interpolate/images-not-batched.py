"""Encodes an image without a batch axis.

caught by: decodes_the_straight_line
hint: encode wants (batch, 1, 28, 28): x1.unsqueeze(0).
costs: 5-10
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1)
        mu2, _ = model.encode(x2)
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
