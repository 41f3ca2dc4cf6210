"""What a failed check raises, and the evidence that it carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from .outcomes import ImagePair

__all__ = ["Failure", "Hint", "KnownMistake", "image_pair"]

# Limits of the images shown beside a failure. Larger ones are no mistake of size or content.
MOST_IMAGES: Final = 5
MOST_PIXELS: Final = 100  # along a side


@dataclass(frozen=True)
class Hint:
    """A likely cause.

    Attributes:
        text: The line that a teacher would say.
        misconception: The name of the known mistake, if it has one.
    """

    text: str
    misconception: str | None = None


@dataclass(frozen=True)
class KnownMistake:
    """What a known mistake gives on the very input that a check uses.

    Attributes:
        value: The value that the mistake gives.
        hint: The hint to give if the answer gives that value.
        misconception: The mistake's name, if it has one.
    """

    value: Tensor | float
    hint: str
    misconception: str | None = None


class Failure(AssertionError):  # noqa: N818 - it is the answer that failed, not the program
    """An answer is wrong.

    Attributes:
        message: The expected and the actual value.
        hint: The likely cause, if the evidence shows it.
        misconception: The name of the known mistake, if the evidence shows it.
        images: The expected and the actual images, if the check compared images.
    """

    outcome = "failed"

    def __init__(
        self, message: str, hint: Hint | None = None, images: ImagePair | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint.text if hint else None
        self.misconception = hint.misconception if hint else None
        self.images = images


def image_pair(
    expected: Tensor | None, got: Tensor, size: tuple[int, int] | torch.Size
) -> ImagePair | None:
    """Return the first few images to show side by side; None if they cannot be drawn."""
    try:
        if got.ndim != 4 or got.shape[1] != 1 or not 0 < got.shape[-1] <= MOST_PIXELS:
            return None
        if not got.dtype.is_floating_point or not got.numel():
            return None
        first = None if expected is None else _drawable(expected)
        return ImagePair(first, _drawable(got), (int(size[0]), int(size[1])))
    except Exception:  # noqa: BLE001 - the failure that is being reported comes first
        return None


def _drawable(images: Tensor) -> np.ndarray:
    few: np.ndarray = images[:MOST_IMAGES, 0].detach().cpu().float().nan_to_num().numpy()
    return few
