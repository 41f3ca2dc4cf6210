"""What the notebook imports: data, and `check`, which runs the visible checks."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from checkkit.notebook import CheckFailed, VisibleChecks

__all__ = ["CheckFailed", "blobs", "check"]

CENTRES = torch.tensor([[-3.0, 0.0], [0.0, 0.0], [3.0, 0.0]])
SPREAD = 0.5

# What the notebook shows; the rubric decides.
VISIBLE_CHECKS = VisibleChecks(
    folder=Path(__file__).parents[1] / "checks",
    answers={"softmax_loss": "softmax_loss", "train_step": "train_step"},
    totals={"softmax_loss": 10, "train_step": 10},
)


def check(question: str, answer: object) -> None:
    """Run the visible checks of a question and show the results.

    Raises:
        CheckFailed: If a check fails; the message names the first failure.
    """
    VISIBLE_CHECKS.check(question, answer)


def blobs(per_class: int = 50, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return points around three centres in a row, and the class of each."""
    generator = torch.Generator().manual_seed(seed)
    targets = torch.arange(3).repeat(per_class)
    noise = torch.randn(len(targets), 2, generator=generator)
    return CENTRES[targets] + SPREAD * noise, targets
