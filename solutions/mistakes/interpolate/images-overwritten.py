"""Adds the batch axis in place, and the caller’s image changes shape.

caught by: inputs_are_unchanged
hint: unsqueeze_ changes the caller’s tensor: unsqueeze without the underscore.
costs: 1-4
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze_(0))
        mu2, _ = model.encode(x2.unsqueeze_(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
