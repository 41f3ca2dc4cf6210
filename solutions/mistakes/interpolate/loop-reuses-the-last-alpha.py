"""Builds the codes in a loop but decodes only the last one.

caught by: decodes_the_straight_line
hint: Decode inside the loop: one frame for each alpha.
costs: 10-15
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
            alpha = i / (steps - 1)
            z = (1 - alpha) * mu1 + alpha * mu2
        for i in range(steps):
            frames.append(model.decode(z))
    model.train(was_training)
    return torch.cat(frames)
