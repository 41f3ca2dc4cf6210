"""Draws z at both ends instead of taking the mean.

caught by: ends_are_the_two_means
hint: The line runs between the means: mu, not a draw from N(mu, σ²).
costs: 5-9
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        z1 = reparameterize(*model.encode(x1.unsqueeze(0)))
        z2 = reparameterize(*model.encode(x2.unsqueeze(0)))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * z1 + alpha * z2
        frames = model.decode(z)
    model.train(was_training)
    return frames
