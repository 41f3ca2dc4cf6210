"""Reshapes the codes to 16 dimensions.

caught by: any_number_of_steps
hint: The model says how many dimensions there are: use the shape of mu.
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
        z = ((1 - alpha) * mu1 + alpha * mu2).view(steps, 16)
        frames = model.decode(z)
    model.train(was_training)
    return frames
