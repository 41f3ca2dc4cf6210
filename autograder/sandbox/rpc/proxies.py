"""What stands on this side of the wall for something on the other side.

A proxy behaves as the thing itself would in ordinary PyTorch: gradients flow through calls, a
module has parameters that an optimiser can step, inputs that were changed in place are changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from autograder.sandbox.errors import RemoteError, clean
from autograder.sandbox.rpc import module_mirror
from autograder.sandbox.rpc.nested import map_tensors, tensors_in
from autograder.sandbox.rpc.remote_adam import RemoteAdam

if TYPE_CHECKING:
    from autograder.sandbox.rpc.connection import Connection


class Opaque:
    """A value of a kind that does not cross the wall; its class has the name that it had there."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def opaque(name: str) -> Opaque:
    """Return a stand-in for a value of the type `name`."""
    return _opaque_class(clean(name, 60))()


@lru_cache(1000)
def _opaque_class(name: str) -> type[Opaque]:
    return type(name, (Opaque,), {})


class RemoteFunction:
    """A function or class on the other side.

    Args:
        peer: This end of the connection, or what gives it: an answer outlives the worker it is in.
        number: What the other end calls it: a number that it gave, or a name in the notebook.
    """

    def __init__(
        self, connection: Connection | Callable[[], Connection], number: int | str
    ) -> None:
        self._connection = connection
        self.number = number

    @property
    def connection(self) -> Connection:
        """This end of the connection, to a worker that is alive."""
        return self._connection() if callable(self._connection) else self._connection

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it on the other side."""
        return call(self.connection, self, None, args, kwargs)


class RemoteModule(nn.Module):
    """A model on the other side, with its parameters, buffers and layers mirrored on this side."""

    def __init__(
        self, connection: Connection, number: int, coded: dict[str, Any], tensors: Sequence[Tensor]
    ) -> None:
        super().__init__()
        # Past nn.Module.__setattr__ and into the instance: these are no parts of the model.
        self.__dict__.update(connection=connection, number=number, _sent={})
        module_mirror.fill(self, coded, tensors)
        # A mirror's parts stay what they are; to list them anew for each call would cost as much
        # as sending it.
        self.__dict__["held"] = dict(module_mirror.held_by(self))
        self._sent.update({path: _stamp(tensor) for path, tensor in self.__dict__["held"].items()})
        for path, part in self.named_modules():
            if path:
                part.__dict__["whole"] = self, path
        for name, part in self._modules.items():  # `self.decode = nn.Sequential(…)` can be called
            if part is not None:
                part.__dict__["remote"] = partial(_call_method, self, name)

    @property
    def training(self) -> bool:
        """Whether the model on the other side is in training mode."""
        return module_mirror.mode_of(self, "")

    @training.setter
    def training(self, mode: bool) -> None:
        if "connection" in self.__dict__:  # before it, this is nn.Module's own bookkeeping
            module_mirror.set_mode_of(self, "", mode)

    def __deepcopy__(self, _memo: object) -> Any:
        """Have the other side copy the model, and return the copy's mirror."""
        changes = [(0, path, content) for path, content in self.changes()]
        return self.__dict__["connection"].ask("copy", target=self, changes=changes)

    def train(self, mode: bool = True) -> RemoteModule:  # noqa: FBT001, FBT002 - nn.Module's signature
        """Set the mode of the model on the other side."""
        self._call("train", (mode,), {})
        return self

    def forward(self, *args: object, **kwargs: object) -> Any:
        """Call the model on the other side."""
        return self._call(None, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return partial(_call_method, self, name)

    def __repr__(self) -> str:
        return "<a model on the other side of the wall>"

    def _call(self, method: str | None, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        return call(self.__dict__["connection"], self, method, args, kwargs)

    def remote_adam(self, lr: float) -> RemoteAdam:
        """Return an optimiser that trains the model on the other side."""
        return RemoteAdam(self, lr)

    def changes(self) -> list[tuple[str, Tensor]]:
        """Return what has changed on this side (an optimiser's step) since it was last sent."""
        sent = self.__dict__["_sent"]
        held: dict[str, Tensor] = self.__dict__["held"]
        changes = [(path, t) for path, t in held.items() if sent.get(path) != _stamp(t)]
        sent.update({path: _stamp(tensor) for path, tensor in changes})
        return [(path, tensor.detach()) for path, tensor in changes]

    def take(self, path: str, content: Tensor, *, trained: bool = False) -> None:
        """Take over a buffer that a call has changed on the other side; weights, if `trained`."""
        held = self.__dict__["held"].get(path)
        if isinstance(held, nn.Parameter) and not trained:
            return  # a call changes buffers alone: batch normalisation
        if held is not None and held.shape == content.shape:
            with torch.no_grad():
                held.copy_(content)
            self.__dict__["_sent"][path] = _stamp(held)


def _call_method(module: RemoteModule, name: str, *args: object, **kwargs: object) -> Any:
    return module._call(name, args, kwargs)


def call(
    connection: Connection,
    target: RemoteFunction | RemoteModule,
    method: str | None,
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> Any:
    """Call something on the other side, with autograd across the wall.

    Raises:
        RemoteError: If it raised there.
        Gone: If the other side died or did not come back.
    """
    modules = modules_in((target, *args, *kwargs.values()))
    inputs = tensors_in((args, kwargs))
    answer = connection.ask(
        "call",
        target=target,
        method=method,
        args=args,
        kwargs=kwargs,
        grad=torch.is_grad_enabled(),
        changes=[
            (position, path, content)
            for position, module in enumerate(modules)
            if isinstance(module, RemoteModule)
            for path, content in module.changes()
        ],
    )
    try:
        if not isinstance(answer, dict):
            raise TypeError  # noqa: TRY301 - told below, as everything else that is no answer
        result, tape = answer["result"], answer["tape"]
        _take_mutations(inputs, answer["mutated"])
        for position, path, content in answer["state"]:
            module = modules[position]
            if isinstance(module, RemoteModule):
                module.take(path, content)
        if not isinstance(tape, int) or not torch.is_grad_enabled():
            return map_tensors(result, Tensor.detach)
        return _with_gradient(connection, tape, result, sources_in(inputs, modules))
    except Exception as problem:
        raise RemoteError("WireError", "an answer is not the answer to a call", "") from problem


def _take_mutations(inputs: list[Tensor], mutated: object) -> None:
    """Do to the caller's tensors what was done in place to their copies on the other side."""
    for position, content in mutated if isinstance(mutated, list) else ():
        tensor = inputs[position]
        with torch.no_grad():
            if tensor.shape == content.shape and tensor.dtype == content.dtype:
                tensor.copy_(content)
            else:
                tensor.data = content


def modules_in(values: tuple[object, ...]) -> list[nn.Module]:
    """Return the models among a call's target and arguments, in order."""
    return [value for value in values if isinstance(value, nn.Module)]


def sources_in(inputs: Sequence[Tensor], modules: Sequence[nn.Module]) -> list[Tensor]:
    """Return what a call's gradient may be asked for: its inputs, then its models' parameters.

    Both sides list them for themselves, and so in the same order.
    """
    parameters = [parameter for module in modules for parameter in _parameters_of(module)]
    return [tensor for tensor in (*inputs, *parameters) if tensor.requires_grad]


def _parameters_of(module: nn.Module) -> list[Tensor]:
    """Return the parameters of a model, in the order of `nn.Module.parameters`."""
    if isinstance(module, RemoteModule):
        return [one for one in module.__dict__["held"].values() if isinstance(one, nn.Parameter)]
    return list(module.parameters())


def _with_gradient(
    connection: Connection, tape: int, result: object, sources: Sequence[Tensor]
) -> object:
    """Return `result` with its tensors made to ask the other side for their gradient."""
    outputs = [tensor for tensor in tensors_in(result) if tensor.requires_grad]
    if not outputs:
        return result
    handle = _TapeHandle(connection, tape)
    # What depends on parameters that are in no module needs a gradient too, as it would there.
    anchor = torch.empty(0, requires_grad=True)
    plain = [tensor.detach() for tensor in outputs]
    stitched = iter(_Stitch.apply(handle, plain, anchor, *sources))
    return map_tensors(result, lambda t: next(stitched) if t.requires_grad else t)


class _TapeHandle:
    """Lets the other side forget a tape when nothing on this side can ask for it any more."""

    def __init__(self, connection: Connection, tape: int) -> None:
        self.connection, self.tape = connection, tape

    def __del__(self) -> None:
        self.connection.forget(self.tape)


class _Stitch(torch.autograd.Function):
    """Joins the graph on this side to the graph on the other side."""

    @staticmethod
    def forward(
        ctx: Any,
        handle: _TapeHandle,
        outputs: list[Tensor],
        _anchor: Tensor,
        *sources: Tensor,
    ) -> tuple[Tensor, ...]:
        ctx.handle = handle
        ctx.like = [(source.shape, source.dtype) for source in sources]
        ctx.set_materialize_grads(False)
        return tuple(outputs)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        if all(gradient is None for gradient in gradients):
            return (None,) * (3 + len(ctx.like))
        handle: _TapeHandle = ctx.handle
        if handle.connection.noted_gradients is not None:
            handle.connection.noted_gradients.append((handle.tape, list(gradients)))
            return (None,) * (3 + len(ctx.like))
        answer = handle.connection.ask("gradient", tape=handle.tape, gradients=list(gradients))
        fits = isinstance(answer, list) and len(answer) == len(ctx.like)
        if not fits or not all(
            one is None or (isinstance(one, Tensor) and (one.shape, one.dtype) == like)
            for one, like in zip(answer, ctx.like, strict=True)
        ):
            raise RemoteError("WireError", "a gradient has not the shape of its input", "")
        return (None, None, None, *(None if one is None else one.detach() for one in answer))


def coded_home(value: object, connection: Connection) -> dict[str, Any] | None:
    """Return how to name a proxy to the end that it came from; None for anything else."""
    if isinstance(value, RemoteFunction) and isinstance(value.number, str):
        return {"name": value.number}
    if isinstance(value, RemoteFunction | RemoteModule) and value.connection is connection:
        return {"home": value.number}
    return None


def _stamp(tensor: Tensor) -> tuple[int, int]:
    """Return what changes whenever a tensor of ours changes: where it lies, and its version."""
    return tensor.data_ptr(), tensor._version


__all__ = ["Opaque", "RemoteFunction", "RemoteModule", "call", "coded_home", "opaque"]
