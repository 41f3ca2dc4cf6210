"""The digits that a ConvVAE is trained on, tried on, and judged on: the last only staff have."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

HERE = Path(__file__).parent
PUBLIC = HERE.parents[1] / "source" / "vae" / "data" / "MNIST" / "raw"
# magic number, count, height, width: four big-endian words
HEADER = 16


@cache
def train() -> Tensor:
    """Return the 4,000 digits to train on, (n, 1, 28, 28) in [0, 1]."""
    return _images(PUBLIC / "train-images-idx3-ubyte")


@cache
def tried() -> Tensor:
    """Return the 500 digits by which training is stopped early."""
    return _images(PUBLIC / "t10k-images-idx3-ubyte")


@cache
def held_out() -> Tensor:
    """Return the 500 digits that no student has seen."""
    return _images(HERE / "heldout" / "heldout-images-idx3-ubyte")


def _images(path: Path) -> Tensor:
    pixels = np.frombuffer(path.read_bytes(), dtype=np.uint8, offset=HEADER)
    return torch.from_numpy(pixels.copy()).reshape(-1, 1, 28, 28).float() / 255
