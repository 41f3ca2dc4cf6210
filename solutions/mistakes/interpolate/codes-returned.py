"""Returns the points of the line and never decodes them.

caught by: gives_steps_images
hint: Decode every point: model.decode(z).
costs: 14-20
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
    model.train(was_training)
    return z
