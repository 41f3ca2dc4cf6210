"""Switches back to train mode before decoding.

caught by: eval_mode_is_used
hint: The decoder needs eval mode too: restore the mode at the very end.
costs: 3-5
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
        model.train(was_training)
        frames = model.decode(z)
    return frames
