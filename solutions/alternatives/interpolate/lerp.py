"""torch.lerp on broadcast shapes."""

import torch


@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    mode = model.training
    model.eval()
    mu1 = model.encode(x1[None])[0]
    mu2 = model.encode(x2[None])[0]
    weight = torch.linspace(0, 1, steps, dtype=mu1.dtype, device=mu1.device)[:, None]
    frames = model.decode(torch.lerp(mu1, mu2, weight))
    model.train(mode)
    return frames
