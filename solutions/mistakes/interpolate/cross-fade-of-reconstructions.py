"""Decodes both ends and fades between the pictures.

caught by: every_image_is_decoded
hint: Mix the means first, then decode every point.
costs: 11-16
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1, 1, 1)
        frames = (1 - alpha) * model.decode(mu1) + alpha * model.decode(mu2)
    model.train(was_training)
    return frames
