"""Stacks batches of one, which adds an axis.

caught by: gives_steps_images
hint: Each decode gives (1, 1, 28, 28): torch.cat joins them, torch.stack adds an axis.
costs: 3-7
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
        frames = torch.stack([model.decode(point.unsqueeze(0)) for point in z])
    model.train(was_training)
    return frames
