"""Rounds the frames to 255 levels of grey.

caught by: decodes_the_straight_line
hint: The frames are the decoder’s images as they are: no rounding.
costs: 7-13
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
        frames = (model.decode(z) * 255).round() / 255
    model.train(was_training)
    return frames
