"""Samples of images, and whether two of them come from one distribution."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from .. import digits, statistics

# 4,000 images each, seen along 6 directions: 0.081 apart at most
DRAWS, DIRECTIONS = 4000, 6
# so many a call: an answer may loop over its images, and each call has a deadline
PER_CALL = 1000


def some(n: int) -> Tensor:
    """Return n digits."""
    return digits.train()[torch.randperm(len(digits.train()))[:n]]


def expect_one_distribution(
    images: Tensor,
    right: Tensor,
    middle: Tensor,
    name: str,
    evidence: Callable[[], Hint | None] = lambda: None,
) -> None:
    """Fail if two samples of images differ; see `distance`."""
    limit = statistics.two_sample_limit(DRAWS, 2 * DIRECTIONS)
    what = f"ConvVAE.{name}: distance of the images' distribution from the right one"
    detail = f"two samples of {DRAWS:,}, {DIRECTIONS} directions"
    expect.estimate(distance(images, right, middle), 0, limit, what, detail, evidence=evidence)


def distance(images: Tensor, right: Tensor, middle: Tensor) -> float:
    """Return the largest distance between the distributions of two samples of images.

    They are seen along random directions, as they lie and folded about the image in the middle:
    folded, a sample that is too wide or too narrow is twice as far from the right one.
    """
    directions = torch.randn(784, DIRECTIONS, dtype=torch.float64)
    centre = middle.flatten(1).double()
    one, other = ((i.flatten(1).double() - centre) @ directions for i in (images, right))
    return max(
        statistics.two_sample_distance(seen(one[:, d]), seen(other[:, d]))
        for d in range(DIRECTIONS)
        for seen in (torch.clone, torch.abs)
    )
