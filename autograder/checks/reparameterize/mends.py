"""Repairs of one mistake each in `reparameterize`, so that the rest can still be judged.

They run in the sandbox, after the submission's cells. Students may see them: they add nothing that
the contract does not say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

Reparameterize = Callable[..., Any]


def z_alone(reparameterize: Reparameterize) -> Reparameterize:
    """More than z is returned: the first value was taken."""

    def mended(mu: Tensor, logvar: Tensor) -> Any:
        return reparameterize(mu, logvar)[0]

    return mended


def noise_of_16_dimensions(reparameterize: Reparameterize) -> Reparameterize:
    """16 latent dimensions are written into the code: it was called for 16 dimensions at a time."""

    def mended(mu: Tensor, logvar: Tensor) -> Tensor:
        rest = -mu.shape[1] % 16
        padded = [torch.split(functional.pad(one, (0, rest)), 16, dim=1) for one in (mu, logvar)]
        parts = [reparameterize(*pair) for pair in zip(*padded, strict=True)]
        return torch.cat(parts, dim=1)[:, : mu.shape[1]]

    return mended


def noise_of_one_batch_size(reparameterize: Reparameterize) -> Reparameterize:
    """One batch size is written into the code: it was called with batches of that size."""

    def works(size: int) -> bool:
        mu, logvar = torch.zeros(2, size, 3)
        return bool(reparameterize(mu, logvar).shape == mu.shape)

    size = next(size for size in range(2, 1025) if _tried(works, size))

    def mended(mu: Tensor, logvar: Tensor) -> Tensor:
        rest = -len(mu) % size
        padded = [torch.split(functional.pad(one, (0, 0, 0, rest)), size) for one in (mu, logvar)]
        return torch.cat([reparameterize(*pair) for pair in zip(*padded, strict=True)])[: len(mu)]

    return mended


def _tried(works: Callable[[int], bool], size: int) -> bool:
    try:
        return works(size)
    except (RuntimeError, ValueError):  # of torch and of NumPy, about shapes
        return False
