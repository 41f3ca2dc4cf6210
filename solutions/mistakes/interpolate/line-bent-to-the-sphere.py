"""Interpolates on the sphere (slerp).

caught by: decodes_the_straight_line
hint: A straight line is asked for: (1 − alpha) · mu1 + alpha · mu2.
costs: 5-9
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        a, b = mu1 / mu1.norm(), mu2 / mu2.norm()
        omega = torch.arccos((a * b).sum().clamp(-0.9999, 0.9999))
        z = (torch.sin((1 - alpha) * omega) * mu1 + torch.sin(alpha * omega) * mu2) / torch.sin(
            omega
        )
        frames = model.decode(z)
    model.train(was_training)
    return frames
