"""Mixes the images and encodes the mixtures.

caught by: codes_are_equally_spaced
hint: The straight line lies in latent space: mix the means, not the images.
costs: 7-13
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        alpha = torch.linspace(0, 1, steps).view(-1, 1, 1, 1)
        mu, _ = model.encode((1 - alpha) * x1 + alpha * x2)
        frames = model.decode(mu)
    model.train(was_training)
    return frames
