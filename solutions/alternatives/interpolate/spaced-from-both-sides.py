"""Reverses the weights instead of subtracting from one."""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        w = torch.linspace(1, 0, steps).view(steps, 1).to(mu1)
        frames = model.decode(w * mu1 + w.flip(0) * mu2)
    model.train(was_training)
    return frames
