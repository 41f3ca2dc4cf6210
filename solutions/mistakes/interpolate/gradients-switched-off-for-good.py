"""Switches gradients off and never on again.

caught by: no_gradient_kept
hint: set_grad_enabled(False) stays off for the whole notebook: use with torch.no_grad().
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    torch.set_grad_enabled(False)
    mu1, _ = model.encode(x1.unsqueeze(0))
    mu2, _ = model.encode(x2.unsqueeze(0))
    alpha = torch.linspace(0, 1, steps).view(-1, 1)
    frames = model.decode((1 - alpha) * mu1 + alpha * mu2)
    model.train(was_training)
    return frames
