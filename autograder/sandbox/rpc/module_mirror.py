"""Modules across the wall: what describes one, what changed in one, and what changed in inputs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from autograder.sandbox.rpc.tensor_frames import WireError, as_bytes

MAX_DEEP = 32  # parts within parts of a model; torch lists them recursively


def describe(module: nn.Module, tensors: list[Tensor]) -> dict[str, Any]:
    """Return what a mirror of `module` is built from; its tensors are appended to `tensors`."""
    parameters, buffers = [], []
    for path, parameter in module.named_parameters():
        tensors.append(parameter.detach())
        parameters.append([path, len(tensors) - 1, parameter.requires_grad])
    for path, buffer in module.named_buffers():
        tensors.append(buffer.detach())
        buffers.append([path, len(tensors) - 1])
    kinds = [[path, _torch_class(part)] for path, part in module.named_modules() if path]
    return {"kinds": kinds, "parameters": parameters, "buffers": buffers}


def fill(mirror: nn.Module, coded: dict[str, Any], tensors: Sequence[Tensor]) -> None:
    """Build in `mirror` the parts, parameters and buffers that `describe` described.

    Raises:
        WireError: If the description does not describe a module.
    """
    try:
        for path, kind in coded["kinds"]:
            parent, name = _parent(mirror, path)
            parent._modules[name] = placeholder(kind)
        for path, index, grad in coded["parameters"]:
            parent, name = _parent(mirror, path)
            parent._parameters[name] = nn.Parameter(tensors[index], requires_grad=bool(grad))
        for path, index in coded["buffers"]:
            parent, name = _parent(mirror, path)
            parent._buffers[name] = tensors[index]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RuntimeError) as problem:
        raise WireError("a module's description does not fit together") from problem


def placeholder(kind: object) -> nn.Module:
    """Return an empty module that `isinstance` takes for `torch.nn.<kind>`.

    It holds the parameters of a layer on the other side, and cannot be called itself.
    """
    found = getattr(nn, kind, None) if isinstance(kind, str) else None
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        found = nn.Module
    module: nn.Module = object.__new__(_mirror_of(found))
    nn.Module.__init__(module)
    return module


@cache
def _mirror_of(found: type[nn.Module]) -> type[nn.Module]:
    return type(found.__name__, (_Placeholder, found), {"__module__": found.__module__})


class _Placeholder(nn.Module):
    """What every placeholder has in common: it asks the other side, and computes nothing itself."""

    @property
    def training(self) -> bool:
        """Whether the part on the other side is in training mode."""
        return mode_of(*self.__dict__["whole"]) if "whole" in self.__dict__ else True

    @training.setter
    def training(self, mode: bool) -> None:
        if "whole" in self.__dict__:
            mirror, path = self.__dict__["whole"]
            set_mode_of(mirror, path, mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def forward(self, *args: object, **kwargs: object) -> Any:
        """Call the part on the other side, where the model itself can reach it by its name."""
        if "remote" in self.__dict__:
            return self.__dict__["remote"](*args, **kwargs)
        raise TypeError("a part of a model on the other side of the wall cannot be called alone")


def mode_of(mirror: nn.Module, part: str) -> bool:
    """Ask whether a part of the model that `mirror` mirrors is in training mode."""
    return mirror.__dict__["connection"].ask("mode", target=mirror, part=part) is True


def set_mode_of(mirror: nn.Module, part: str, mode: bool) -> None:  # noqa: FBT001 - a mode is one
    """Do `model.part.training = mode` on the other side."""
    mirror.__dict__["connection"].ask("set_mode", target=mirror, part=part, mode=bool(mode))


class Watch:
    """Sees which inputs and which buffers a call changed, by comparing bytes.

    Version counters would be cheaper, but `.data`, NumPy and batch normalisation go round them.
    """

    def __init__(self, inputs: Sequence[Tensor], modules: Sequence[nn.Module]) -> None:
        self._inputs = [(tensor, tensor.detach().clone()) for tensor in inputs]
        self._modules = modules
        self._buffers = [
            {path: buffer.detach().clone() for path, buffer in module.named_buffers()}
            for module in modules
        ]

    def mutated_inputs(self) -> list[tuple[int, Tensor]]:
        """Return (position, new content) of each input that is not what it was."""
        return [
            (position, tensor.detach())
            for position, (tensor, before) in enumerate(self._inputs)
            if not same(tensor, before)
        ]

    def changed_buffers(self) -> list[tuple[int, str, Tensor]]:
        """Return (module, path, new content) of each buffer that is not what it was."""
        return [
            (position, path, buffer.detach())
            for position, (module, before) in enumerate(
                zip(self._modules, self._buffers, strict=True)
            )
            for path, buffer in module.named_buffers()
            if path not in before or not same(buffer, before[path])
        ]


def same(one: Tensor, other: Tensor) -> bool:
    """Say whether two tensors hold the same bytes; unlike `torch.equal`, NaN equals itself."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    return torch.equal(*_in_words(as_bytes(one), as_bytes(other)))


def _in_words(*parts: Tensor) -> list[Tensor]:
    """Return bytes as words of 8, if they fit: they are compared in a seventh of the time."""
    if any(part.numel() % 8 or part.storage_offset() % 8 for part in parts):
        return list(parts)
    return [part.view(torch.int64) for part in parts]


def held_by(module: nn.Module) -> list[tuple[str, Tensor]]:
    """Return the paths and contents of a module's parameters and buffers."""
    return [*module.named_parameters(), *module.named_buffers()]


def apply(modules: Sequence[nn.Module], changes: object) -> None:
    """Set parameters and buffers of `modules` to what the other end's mirrors hold by now."""
    if not isinstance(changes, list):
        raise WireError("a call does not list what changed")
    if not changes:
        return
    tables = [dict(held_by(module)) for module in modules]
    with torch.no_grad():
        for position, path, content in changes:
            tables[position][path].copy_(content)


def _torch_class(module: nn.Module) -> str:
    """Return the name of the nearest class of `module` that torch.nn offers."""
    names = (str(cls.__name__) for cls in type(module).__mro__ if _is_in_torch_nn(cls))
    return next(names, "Module")


def _is_in_torch_nn(cls: type) -> bool:
    return getattr(nn, cls.__name__, None) is cls


def _parent(root: nn.Module, path: str) -> tuple[nn.Module, str]:
    *parents, name = path.split(".")
    if len(parents) > MAX_DEEP:
        raise WireError(f"a model's parts are nested more than {MAX_DEEP} deep")
    module = root
    for part in parents:
        found = module._modules[part]
        if found is None:
            raise WireError("a module's description names a part that is not there")
        module = found
    return module, name
