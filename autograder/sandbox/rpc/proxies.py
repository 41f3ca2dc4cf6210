"""Proxies of functions, modules and other values on the other side of the wall.

A proxy behaves as its original would in ordinary PyTorch: gradients flow through calls, a module
has parameters that an optimizer can step, and inputs that a call changes in place are changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor

from autograder.sandbox.errors import RemoteError, clean
from autograder.sandbox.rpc import beside
from autograder.sandbox.rpc.autograd import RemoteAdam, sources_in, stitch
from autograder.sandbox.rpc.caller import Caller
from autograder.sandbox.rpc.codec import Received, map_tensors, tensors_in
from autograder.sandbox.rpc.module_mirror import Mirror, modules_in


class Opaque:
    """A value of a type that cannot cross the wall; its class is named after that type."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def opaque(name: str) -> Opaque:
    """Return an opaque value whose class is called `name`."""
    return _opaque_class(clean(name, 60))()


@lru_cache(1000)
def _opaque_class(name: str) -> type[Opaque]:
    return type(name, (Opaque,), {})


class RemoteFunction:
    """A function or class on the other side.

    Args:
        connection: The connection, or a function that returns it: an answer outlives its worker.
        number: The number that the other end gave it, or its name in the notebook.
    """

    def __init__(self, connection: Caller | Callable[[], Caller], number: int | str) -> None:
        self._connection = connection
        self.number = number

    @property
    def connection(self) -> Caller:
        """The connection to a worker that is alive."""
        return self._connection() if callable(self._connection) else self._connection

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it on the other side."""
        return call(self.connection, self, None, args, kwargs)


class RemoteModule(Mirror):
    """A module on the other side that can be called, trained and copied through its mirror."""

    def __init__(
        self, connection: Caller, number: int, coded: dict[str, Any], tensors: Received
    ) -> None:
        super().__init__(connection, number, coded, tensors)
        for name, part in self._modules.items():  # `self.decode = nn.Sequential(…)` can be called
            if part is not None:
                part.__dict__["remote"] = partial(_call_method, self, name)

    def __deepcopy__(self, _memo: object) -> Any:
        """Have the other side copy the module, and return the copy's proxy."""
        changes = [(0, path, content) for path, content in self.changes()]
        return self.connection.ask("copy", target=self, changes=changes)

    def train(self, mode: bool = True) -> RemoteModule:  # noqa: FBT001, FBT002 - nn.Module's signature
        """Set the mode of the module on the other side."""
        _call_method(self, "train", mode)
        return self

    def forward(self, *args: object, **kwargs: object) -> Any:
        """Call the module on the other side."""
        return call(self.connection, self, None, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return partial(_call_method, self, name)

    def __repr__(self) -> str:
        return "<a model on the other side of the wall>"

    def remote_adam(self, lr: float) -> RemoteAdam:
        """Return an optimizer that trains the module on the other side."""
        return RemoteAdam(self, lr)

    def remote_run_beside(
        self, source: str, function: str, args: tuple[object, ...]
    ) -> Iterator[object]:
        """Run a generator function beside the module on the other side; yield what it yields."""
        return beside.run(self, source, function, args)

    def remote_pull_weights(self) -> None:
        """Set this side's weights to those of the module on the other side."""
        beside.pull_weights(self)


def _call_method(module: RemoteModule, name: str, *args: object, **kwargs: object) -> Any:
    return call(module.connection, module, name, args, kwargs)


def call(
    connection: Caller,
    target: RemoteFunction | RemoteModule,
    method: str | None,
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> Any:
    """Call something on the other side, with autograd across the wall.

    Raises:
        RemoteError: If the call raised there.
        Gone: If the other side died or did not answer in time.
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
            if isinstance(module, Mirror)
            for path, content in module.changes()
        ],
    )
    try:
        if not isinstance(answer, dict):
            raise TypeError  # noqa: TRY301 - handled below with every other malformed answer
        result, tape = answer["result"], answer["tape"]
        _apply_mutations(inputs, answer["mutated"])
        for position, path, content in answer["state"]:
            module = modules[position]
            if isinstance(module, Mirror):
                module.take(path, content)
        if not isinstance(tape, int) or not torch.is_grad_enabled():
            return map_tensors(result, Tensor.detach)
        return stitch(connection, tape, result, sources_in(inputs, modules))
    except Exception as problem:
        raise RemoteError("ProtocolError", "the answer to a call is malformed", "") from problem


def _apply_mutations(inputs: list[Tensor], mutated: object) -> None:
    """Change the caller's tensors as their copies were changed in place on the other side."""
    for position, content in mutated if isinstance(mutated, list) else ():
        tensor = inputs[position]
        with torch.no_grad():
            if tensor.shape == content.shape and tensor.dtype == content.dtype:
                tensor.copy_(content)
            else:
                tensor.data = content
