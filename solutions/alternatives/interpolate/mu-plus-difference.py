"""Adds shares of the difference; try and finally restore the mode."""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    try:
        model.eval()
        with torch.no_grad():
            start, end = model.encode(torch.stack((x1, x2)))[0]
            alphas = torch.arange(steps).to(start).div(steps - 1)
            return model.decode(start + alphas.unsqueeze(-1) * (end - start))
    finally:
        model.train(was_training)
