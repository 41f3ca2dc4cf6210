"""Inference mode as a decorator, around everything."""

import torch


@torch.inference_mode()
def interpolate(model, x1, x2, steps=10):
    mode = model.training
    model.eval()
    (mu1, _), (mu2, _) = (model.encode(x[None]) for x in (x1, x2))
    t = torch.linspace(0, 1, steps).view(-1, 1)
    frames = model.decode(mu1 + t * (mu2 - mu1))
    model.train(mode)
    return frames
