"""What a model can come to by training, where a fresh one need not be there yet.

A head that starts at zero is a right answer: that both signs are *possible* is shown by walking
there. A model that is there at the start walks no step, so that right answers cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

# Adam moves a bias by about lr a step: 100 steps of 0.03 go from −1 to +2
STEPS = 100
LR = 0.03
MARGIN = 1e-4


def can_be_positive(model: Any, values: Callable[[], Tensor]) -> bool:
    """Return whether each column of `values` is positive in some row, now or after some steps."""
    optimiser = torch.optim.Adam(model.parameters(), lr=LR)
    for _ in range(STEPS):
        now = values()
        if bool((now > MARGIN).any(0).all()):
            return True
        if not now.requires_grad:
            return False
        optimiser.zero_grad()
        torch.relu(10 * MARGIN + 0.1 - now).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return False


def steer(model: Any, error: Callable[[], Tensor], steps: int = 60) -> None:
    """Make an error small by a few steps of Adam, as far as it will go."""
    optimiser = torch.optim.Adam(model.parameters(), lr=LR)
    for _ in range(steps):
        now = error()
        if not now.requires_grad:
            return
        optimiser.zero_grad()
        now.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
