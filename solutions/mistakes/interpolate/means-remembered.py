"""Keeps the means of the first call, and walks between them ever after.

caught by: starts_at_x1_and_ends_at_x2
hint: Each call is about its own model and images: keep nothing from call to call.
costs: 6-10
"""

import torch


kept = {}


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        new, _ = model.encode(torch.stack([x1, x2]))
        mu = kept.setdefault(new.shape, new)
        alpha = torch.linspace(0, 1, steps).to(mu).unsqueeze(1)
        frames = model.decode((1 - alpha) * mu[0] + alpha * mu[1])
    model.train(was_training)
    return frames
