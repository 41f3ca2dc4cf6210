"""Mirrors of modules: what describes a module, and what changed in it on either side.

A lazy layer (`nn.LazyLinear`) has parameters without a shape until it is called. So has its mirror,
until the other side sends what the call has made, or until this side loads a state.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

from autograder.sandbox.rpc.caller import Caller
from autograder.sandbox.rpc.codec import Received
from autograder.sandbox.rpc.framing import ProtocolError
from autograder.sandbox.rpc.lazy import make_from_state, materialize

MAX_MODULE_DEPTH = 32  # of parts within parts; torch lists them recursively
_NO_SHAPE = -1  # in place of an index, for a tensor that a lazy layer has not made yet


class Mirror(nn.Module):
    """A copy of the parameters, buffers and layers of a module on the other side.

    Attributes:
        connection: The connection to the other side.
        number: The module's number there.
    """

    connection: Caller
    number: int
    _held: dict[str, Tensor]  # its parameters and buffers
    _sent: dict[str, tuple[int, int]]  # the stamps that they had when they were last sent

    def __init__(
        self, connection: Caller, number: int, coded: dict[str, Any], tensors: Received
    ) -> None:
        super().__init__()
        # Not through nn.Module.__setattr__: these are not parts of the model.
        self.__dict__.update(connection=connection, number=number, _sent={})
        _fill(self, coded, tensors)
        # Cached: the parts never change, and listing them costs as much as sending a call.
        self.__dict__["_held"] = dict(held_by(self))
        self._sent.update(
            {path: _stamp(one) for path, one in self._held.items() if not is_lazy(one)}
        )
        for path, part in self.named_modules():
            if path:
                part.__dict__["whole"] = self, path

    @property
    def training(self) -> bool:
        """Whether the module on the other side is in training mode."""
        return _training_mode(self, "")

    @training.setter
    def training(self, mode: bool) -> None:
        if "connection" in self.__dict__:  # nn.Module.__init__ sets it before there is one
            _set_training_mode(self, "", mode)

    def changes(self) -> list[tuple[str, Tensor]]:
        """Return what changed on this side since it was last sent, by an optimizer for example."""
        changes = [
            (path, tensor)
            for path, tensor in self._held.items()
            if not is_lazy(tensor) and self._sent.get(path) != _stamp(tensor)
        ]
        self._sent.update({path: _stamp(tensor) for path, tensor in changes})
        return [(path, tensor.detach()) for path, tensor in changes]

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        make_from_state(self, state_dict, prefix)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    def take(self, path: str, content: Tensor, *, trained: bool = False) -> None:
        """Set a buffer that a call changed on the other side, or, if `trained`, a parameter.

        A parameter that has no shape yet is made.
        """
        held = self._held.get(path)
        if held is not None and is_lazy(held):
            materialize(held, content)
        elif isinstance(held, nn.Parameter) and not trained:
            return  # an honest call changes only buffers (batch normalization)
        if held is not None and held.shape == content.shape:
            with torch.no_grad():
                held.copy_(content)
            self._sent[path] = _stamp(held)


def describe(module: nn.Module, tensors: list[Tensor]) -> dict[str, Any]:
    """Return what a mirror of `module` is built from, and append its tensors to `tensors`."""
    parameters, buffers = [], []
    for path, parameter in module.named_parameters():
        parameters.append([path, _sent(parameter, tensors), parameter.requires_grad])
    for path, buffer in module.named_buffers():
        buffers.append([path, _sent(buffer, tensors)])
    kinds = [[path, _torch_class(part)] for path, part in module.named_modules() if path]
    tied = _tied(module)
    return {"kinds": kinds, "parameters": parameters, "buffers": buffers, "tied": tied}


def _tied(module: nn.Module) -> list[tuple[str, str]]:
    """Return the further paths of shared parameters, each with the parameter's first path."""
    first = {id(parameter): path for path, parameter in module.named_parameters()}
    paths = [
        (f"{prefix}.{name}" if prefix else name, first[id(parameter)])
        for prefix, part in module.named_modules()
        for name, parameter in part.named_parameters(recurse=False, remove_duplicate=False)
    ]
    return [(path, same) for path, same in paths if path != same]


def _sent(tensor: Tensor, tensors: list[Tensor]) -> int:
    """Append a tensor to those of a frame, and return its place; -1 if it has no shape yet."""
    if is_lazy(tensor):
        return _NO_SHAPE
    tensors.append(tensor.detach())
    return len(tensors) - 1


def _fill(mirror: nn.Module, coded: dict[str, Any], tensors: Received) -> None:
    """Build in `mirror` the parts, parameters and buffers that `describe` described.

    Raises:
        ProtocolError: If the description is not that of a module.
    """
    try:
        for path, kind in coded["kinds"]:
            parent, name = _parent(mirror, path)
            parent._modules[name] = _placeholder(kind)
        for path, index, grad in coded["parameters"]:
            parent, name = _parent(mirror, path)
            parent._parameters[name] = _parameter(index, tensors, requires_grad=bool(grad))
        for path, same in coded["tied"]:
            (parent, name), (holder, held) = _parent(mirror, path), _parent(mirror, same)
            parent._parameters[name] = holder._parameters[held]
        for path, index in coded["buffers"]:
            parent, name = _parent(mirror, path)
            parent._buffers[name] = (
                UninitializedBuffer() if index == _NO_SHAPE else tensors.take(index)
            )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RuntimeError) as problem:
        raise ProtocolError("the description of a module is inconsistent") from problem


def _parameter(index: object, tensors: Received, *, requires_grad: bool) -> nn.Parameter:
    """Return a parameter that is described by the place of its tensor."""
    if index == _NO_SHAPE:
        return UninitializedParameter(requires_grad=requires_grad)  # type: ignore[return-value] # it becomes one
    return nn.Parameter(tensors.take(index), requires_grad=requires_grad)


def _placeholder(kind: object) -> nn.Module:
    """Return an empty module that is an instance of `torch.nn.<kind>`.

    It holds the parameters of a layer on the other side and computes nothing itself.
    """
    found = getattr(nn, kind, None) if isinstance(kind, str) else None
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        found = nn.Module
    module: nn.Module = object.__new__(_placeholder_class(found))
    nn.Module.__init__(module)
    return module


@cache
def _placeholder_class(found: type[nn.Module]) -> type[nn.Module]:
    return type(found.__name__, (_Placeholder, found), {"__module__": found.__module__})


class _Placeholder(nn.Module):
    """The base class of placeholders, which pass every request on to the other side."""

    @property
    def training(self) -> bool:
        """Whether the part on the other side is in training mode."""
        return _training_mode(*self.__dict__["whole"]) if "whole" in self.__dict__ else True

    @training.setter
    def training(self, mode: bool) -> None:
        if "whole" in self.__dict__:
            mirror, path = self.__dict__["whole"]
            _set_training_mode(mirror, path, mode)

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        make_from_state(self, state_dict, prefix)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def forward(self, *args: object, **kwargs: object) -> Any:
        """Call the part on the other side, if it is an attribute of the model itself."""
        if "remote" in self.__dict__:
            return self.__dict__["remote"](*args, **kwargs)
        raise TypeError("a nested part of a model on the other side of the wall cannot be called")


def _training_mode(mirror: Mirror, part: str) -> bool:
    """Ask whether a part of a model is in training mode; the part "" is the model itself."""
    return mirror.connection.ask("mode", target=mirror, part=part) is True


def _set_training_mode(mirror: Mirror, part: str, mode: bool) -> None:  # noqa: FBT001 - a mode is one
    """Do `model.part.training = mode` on the other side."""
    mirror.connection.ask("set_mode", target=mirror, part=part, mode=bool(mode))


def held_by(module: nn.Module) -> list[tuple[str, Tensor]]:
    """Return the paths and contents of a module's parameters and buffers."""
    return [*module.named_parameters(), *module.named_buffers()]


def parameters_of(module: nn.Module) -> list[Tensor]:
    """Return a module's parameters in the order of `nn.Module.parameters`, but no lazy ones."""
    held = module._held.values() if isinstance(module, Mirror) else module.parameters()
    return [one for one in held if isinstance(one, nn.Parameter) and not is_lazy(one)]


def modules_in(values: tuple[object, ...]) -> list[nn.Module]:
    """Return the modules among a call's target and arguments, in order."""
    return [value for value in values if isinstance(value, nn.Module)]


def apply_changes(modules: Sequence[nn.Module], changes: object) -> None:
    """Set the parameters and buffers that were changed in the other end's mirrors of `modules`."""
    if not isinstance(changes, list):
        raise ProtocolError("a call does not list the changes of its modules")
    if not changes:
        return
    tables = [dict(held_by(module)) for module in modules]
    with torch.no_grad():
        for position, path, content in changes:
            held = tables[position][path]
            if is_lazy(held):
                materialize(held, content)
            held.copy_(content)


def _torch_class(module: nn.Module) -> str:
    """Return the name of the nearest base class of `module` that is in torch.nn."""
    names = (str(cls.__name__) for cls in type(module).__mro__ if _is_in_torch_nn(cls))
    return next(names, "Module")


def _is_in_torch_nn(cls: type) -> bool:
    return getattr(nn, cls.__name__, None) is cls


def _parent(root: nn.Module, path: str) -> tuple[nn.Module, str]:
    *parents, name = path.split(".")
    if len(parents) > MAX_MODULE_DEPTH:
        raise ProtocolError(f"a model's parts are nested more than {MAX_MODULE_DEPTH} deep")
    module = root
    for part in parents:
        found = module._modules[part]
        if found is None:
            raise ProtocolError("the description of a module names a part that does not exist")
        module = found
    return module, name


def _stamp(tensor: Tensor) -> tuple[int, int]:
    """Return what changes whenever one of our tensors changes: its address and its version."""
    return tensor.data_ptr(), tensor._version
