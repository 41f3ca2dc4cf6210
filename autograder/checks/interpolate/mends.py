"""Repairs of one mistake each in `interpolate`, so that the rest can still be judged.

They run in the sandbox, after the submission's cells. Students may see them: they add nothing that
the contract does not say.
"""

from __future__ import annotations

import builtins
import dis
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

Interpolate = Callable[..., Any]


def interpolation_of_images(interpolate: Interpolate) -> Interpolate:
    """The images come in another form: they were put into one tensor (steps, 1, 28, 28)."""

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        value = interpolate(model, x1, x2, steps)
        if isinstance(value, tuple) and len(value) == 2:
            value = value[0]  # codes besides
        if isinstance(value, (list, tuple)):
            value = torch.stack([torch.as_tensor(frame) for frame in value])
        if isinstance(value, np.ndarray):
            value = torch.from_numpy(value)
        if value.shape[-1] == 28 * steps and value.shape[-2] == 28:
            value = torch.stack(value.reshape(28, -1).split(28, dim=1))  # side by side
        return value.reshape(-1, 1, 28, 28)

    return mended


def interpolation_of_as_many_steps(interpolate: Interpolate) -> Interpolate:
    """There are too many images or too few: other steps were asked for, to get as many."""

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        value = interpolate(model, x1, x2, steps)
        if len(value) != steps:
            value = interpolate(model, x1, x2, 2 * steps - len(value))
        return value

    return mended


def interpolation_with_steps_left_out(interpolate: Interpolate) -> Interpolate:
    """The number of images does not depend on `steps`: as many were taken of them as asked for."""

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        value = interpolate(model, x1, x2, steps)
        places = torch.linspace(0, len(value) - 1, steps).round().long()
        return value[places]

    return mended


class _Model:
    """A model that adapts what goes into another one, and what comes out."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def __call__(self, x: Tensor) -> Any:
        return self.model(x)


def interpolation_of_batches(interpolate: Interpolate) -> Interpolate:
    """The model is given images without a batch, or flat ones: they were reshaped."""

    class Reshaping(_Model):
        def encode(self, x: Tensor) -> Any:
            return self.model.encode(x.reshape(-1, 1, 28, 28))

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        return interpolate(Reshaping(model), x1, x2, steps)

    return mended


def interpolation_in_16_dimensions(interpolate: Interpolate) -> Interpolate:
    """16 latent dimensions are written into the code: the model's codes were padded to 16."""

    class Padded(_Model):
        size = 0
        latent_dim = 16

        def encode(self, x: Tensor) -> tuple[Tensor, ...]:
            mu, logvar = self.model.encode(x)
            self.size = mu.shape[1]
            return tuple(functional.pad(code, (0, 16 - self.size)) for code in (mu, logvar))

        def decode(self, z: Tensor) -> Any:
            return self.model.decode(z[:, : self.size])

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        return interpolate(Padded(model), x1, x2, steps)

    return mended


def interpolation_of_the_given_model(interpolate: Interpolate) -> Interpolate:
    """A model of the notebook is used: it was replaced by the model that is given."""
    notebook = globals()
    used = {one.argval for one in dis.get_instructions(interpolate) if one.opname == "LOAD_GLOBAL"}
    names = [
        name
        for name in used - vars(builtins).keys()
        if name not in notebook or isinstance(notebook[name], nn.Module)
    ]

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        notebook.update(dict.fromkeys(names, model))
        return interpolate(model, x1, x2, steps)

    return mended
