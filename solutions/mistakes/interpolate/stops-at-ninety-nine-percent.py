"""Ends at alpha = 0.99.

caught by: decodes_the_straight_line
hint: The last frame is x2: alpha runs up to 1.
costs: 2-7
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 0.99, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
