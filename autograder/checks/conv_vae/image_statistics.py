"""Test whether two samples of images come from one distribution."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from .. import statistics

# 4,000 images each, projected on 6 directions: at most 0.081 apart
DRAWS, DIRECTIONS = 4000, 6
# images per call: an answer may loop over images, and each call has a deadline
PER_CALL = 1000


def expect_one_distribution(
    images: Tensor,
    right: Tensor,
    middle: Tensor,
    name: str,
    evidence: Callable[[], Hint | None] = lambda: None,
) -> None:
    """Fail if images have another distribution than the right ones; see `distance`."""
    limit = statistics.two_sample_limit(DRAWS, 2 * DIRECTIONS)
    what = f"ConvVAE.{name}: distance of the images' distribution from the right one"
    detail = f"two samples of {DRAWS:,}, {DIRECTIONS} directions"
    expect.estimate(distance(images, right, middle), 0, limit, what, detail, evidence=evidence)


def distance(images: Tensor, right: Tensor, middle: Tensor) -> float:
    """Return the largest distance between the distributions of two samples of images.

    They are projected on random directions, and compared as they are and folded about the image in
    the middle. Folding doubles the distance of a sample that is too wide or too narrow.
    """
    directions = torch.randn(784, DIRECTIONS, dtype=torch.float64)
    centre = middle.flatten(1).double()
    one, other = ((i.flatten(1).double() - centre) @ directions for i in (images, right))
    return max(
        statistics.two_sample_distance(fold(one[:, d]), fold(other[:, d]))
        for d in range(DIRECTIONS)
        for fold in (torch.clone, torch.abs)
    )
