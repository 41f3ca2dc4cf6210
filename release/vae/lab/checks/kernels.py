"""The convolution kernels among a model's parameters, recognized by their shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn
from torch.nn.parameter import UninitializedParameter

from lab.checks.vae import Model

# Half of an image's side. A kernel that covers more is not local.
SIDE = 14


@dataclass(frozen=True)
class Kernel:
    """A parameter of the shape of a kernel, (channels, channels, height, width).

    Attributes:
        parameter: The parameter.
        transposed: Whether it is one of a transposed convolution, by the class of its layer; None
            for a kernel outside of such layers, for `F.conv2d` or `F.conv_transpose2d`.
    """

    parameter: nn.Parameter
    transposed: bool | None


def kernels(model: Model) -> Iterator[Kernel]:
    """Yield the parameters of a model that have the shape of a kernel, whatever they are in.

    A layer that is only called a convolution has no such parameter. One number per channel is no
    kernel but a scale, such as that of weight normalization.
    """
    # Of both kinds, if the two halves of the model share their weights.
    in_layers: dict[int, set[bool]] = {}
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            # With weight normalization, the weights are parameters of a submodule.
            transposed = isinstance(module, nn.ConvTranspose2d)
            for parameter in module.parameters():
                in_layers.setdefault(id(parameter), set()).add(transposed)
    for parameter in model.parameters():
        kinds: set[bool | None] = {*in_layers.get(id(parameter), ())}
        if isinstance(parameter, UninitializedParameter):
            yield from (Kernel(parameter, transposed) for transposed in kinds)
            continue
        if parameter.ndim != 4 or parameter[0].numel() == 1:
            continue
        if max(parameter.shape[2:]) <= SIDE:
            yield from (Kernel(parameter, transposed) for transposed in kinds or {None})
