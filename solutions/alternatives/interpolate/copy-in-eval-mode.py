"""Walks with a copy of the model that is in eval mode."""

import copy

import torch


@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    walker = copy.deepcopy(model).eval()
    mu, _ = walker.encode(torch.stack([x1, x2]))
    return torch.cat(
        [walker.decode(torch.lerp(mu[:1], mu[1:], k / (steps - 1))) for k in range(steps)]
    )
