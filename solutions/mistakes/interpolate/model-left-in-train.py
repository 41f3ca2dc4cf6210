"""Always puts the model in train mode at the end.

caught by: mode_is_left_as_found
hint: Remember model.training and restore it: model.train(was_training).
costs: 1-4
"""

import torch


def interpolate(model, x1, x2, steps=10):
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train()
    return frames
