"""The digits for training, validation and grading of a ConvVAE; the last are not public."""

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
def validation() -> Tensor:
    """Return the 500 digits that decide whether training stops early."""
    return _images(PUBLIC / "t10k-images-idx3-ubyte")


@cache
def held_out() -> Tensor:
    """Return the 500 digits that students do not have."""
    return _images(HERE / "heldout" / "heldout-images-idx3-ubyte")


def some(n: int) -> Tensor:
    """Return n random digits of those to train on."""
    return train()[torch.randperm(len(train()))[:n]]


def _images(path: Path) -> Tensor:
    pixels = np.frombuffer(path.read_bytes(), dtype=np.uint8, offset=HEADER)
    return torch.from_numpy(pixels.copy()).reshape(-1, 1, 28, 28).float() / 255
