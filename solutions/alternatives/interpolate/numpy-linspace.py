"""Equally spaced points from NumPy."""

import numpy as np
import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _logvar1 = model.encode(x1.unsqueeze(0))
        mu2, _logvar2 = model.encode(x2.unsqueeze(0))
        codes = np.linspace(mu1[0].numpy(), mu2[0].numpy(), steps)
        frames = model.decode(torch.from_numpy(codes).to(mu1.dtype))
    model.train(was_training)
    return frames
