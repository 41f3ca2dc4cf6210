"""Fades the pixels of one image into the other.

caught by: decodes_the_straight_line
hint: The mixing happens in latent space: encode, mix the means, decode.
costs: 11-16
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        alpha = torch.linspace(0, 1, steps).view(-1, 1, 1, 1)
        frames = (1 - alpha) * x1 + alpha * x2
    model.train(was_training)
    return frames
