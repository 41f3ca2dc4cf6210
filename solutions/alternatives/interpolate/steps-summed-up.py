"""Adds equal steps to the first mean, with the parameters' gradients off meanwhile."""

import torch


def interpolate(model, x1, x2, steps=10):
    mode = model.training
    model.eval()
    needed = [parameter.requires_grad for parameter in model.parameters()]
    model.requires_grad_(requires_grad=False)
    first, last = model.encode(torch.stack([x1, x2]).detach())[0].split(1)
    step = (last - first) / (steps - 1)
    frames = model.decode(torch.cumsum(torch.cat([first, step.repeat(steps - 1, 1)]), dim=0))
    for parameter, need in zip(model.parameters(), needed, strict=True):
        parameter.requires_grad_(need)
    model.train(mode)
    return frames.detach()
