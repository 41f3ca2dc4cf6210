"""Divides with //, so that alpha is 0 until the last frame.

caught by: decodes_the_straight_line
hint: i // (steps − 1) is 0 or 1: use /.
costs: 5-10
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    frames = []
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        for i in range(steps):
            alpha = i // (steps - 1)
            frames.append(model.decode((1 - alpha) * mu1 + alpha * mu2))
    model.train(was_training)
    return torch.cat(frames)
