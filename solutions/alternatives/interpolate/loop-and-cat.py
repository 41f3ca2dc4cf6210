"""A loop that decodes one frame at a time."""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    frames = []
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        for i in range(steps):
            t = i / (steps - 1)
            frames.append(model.decode((1 - t) * mu1 + t * mu2))
    if was_training:
        model.train()
    return torch.cat(frames, dim=0)
