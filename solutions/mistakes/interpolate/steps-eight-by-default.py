"""Sets the default of steps to 8.

caught by: gives_steps_images
hint: The signature says steps=10: keep the default.
costs: 1-4
"""

import torch


def interpolate(model, x1, x2, steps=8):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
