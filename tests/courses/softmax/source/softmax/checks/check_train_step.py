"""train_step: what students can verify by hand."""

from __future__ import annotations

import torch
from softlab import blobs

from checkkit import expect


def check_the_loss_falls(train_step):
    """A second step starts from a smaller loss than the first."""
    x, targets = blobs()
    weight, bias, before = train_step(torch.zeros(2, 3), torch.zeros(3), x, targets, 0.1)
    _, _, after = train_step(weight, bias, x, targets, 0.1)
    before, after = float(before), float(after)
    expect.that(after < before, f"train_step: expected a loss below {before:.4g}, got {after:.4g}")
