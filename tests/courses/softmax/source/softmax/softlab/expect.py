"""How checks say what they expected: the exact shape first, then the values."""

from __future__ import annotations

import torch
from torch import Tensor

TOLERANCE = 1e-4  # of float32 sums over some hundred numbers: a thousand times their rounding


class Failure(AssertionError):
    """The answer is wrong; `outcome` and `message` are what results say of it."""

    outcome = "failed"

    @property
    def message(self) -> str:
        return str(self)


def that(holds: bool, message: str) -> None:
    if not holds:
        raise Failure(message)


def tensor(value: object, name: str, shape: tuple[int, ...]) -> Tensor:
    """Return the value, which must be a tensor of this shape."""
    that(isinstance(value, Tensor), f"{name}: expected a tensor, got {type(value).__name__}")
    got = tuple(value.shape)
    that(got == shape, f"{name}: expected shape {shape}, got {got}")
    return value


def close(value: Tensor, expected: Tensor, name: str) -> None:
    """Compare two tensors of one shape; name the place where they differ most."""
    off = (value.detach() - expected).abs()
    worst = int(torch.nan_to_num(off, nan=torch.inf).argmax())
    wanted, got = expected.flatten()[worst].item(), value.detach().flatten()[worst].item()
    holds = torch.allclose(value.detach(), expected, rtol=TOLERANCE, atol=TOLERANCE)
    that(holds, f"{name}: expected {wanted:.4g}, got {got:.4g}")
