"""Switches gradients off and on again by hand; type hints and a docstring."""

import torch
from torch import nn


def interpolate(
    model: nn.Module, x1: torch.Tensor, x2: torch.Tensor, steps: int = 10
) -> torch.Tensor:
    """Return the decoded walk from x1 to x2."""
    before, mode = torch.is_grad_enabled(), model.training
    torch.set_grad_enabled(False)
    model.eval()
    mu1, _ = model.encode(x1.unsqueeze(0))
    mu2, _ = model.encode(x2.unsqueeze(0))
    t = torch.linspace(0.0, 1.0, steps=steps).reshape(steps, 1).to(mu1.dtype)
    frames = model.decode(mu1 + t * (mu2 - mu1))
    model.train(mode)
    torch.set_grad_enabled(before)
    return frames
