"""Gradients across the wall.

The end that computes a call keeps its autograd graph, a *tape*. The other end's graph is stitched
to it: a backward pass asks for the tape's vector-Jacobian product. A trusted end may also ask for
the steps of an optimizer that lives beside the weights; then neither weights nor their gradients
cross the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from autograder.sandbox.errors import RemoteError
from autograder.sandbox.rpc.caller import Caller, TapeGradients
from autograder.sandbox.rpc.codec import map_tensors, tensors_in
from autograder.sandbox.rpc.limits import Limits, bytes_in
from autograder.sandbox.rpc.module_mirror import Mirror, apply_changes, parameters_of

# -- the end that computed ----------------------------------------------------------------------


@dataclass
class _Tape:
    """The graph of a call.

    Attributes:
        inputs: What gradients can be asked for.
        outputs: The call's results.
        size: Bytes of both; the graph between them is of the same order.
    """

    inputs: list[Tensor]
    outputs: list[Tensor]
    size: int


class Tapes:
    """Keeps tapes until the other end drops them, and computes their gradients.

    Args:
        limits: What the other end may cost; only a trusted one may have optimizers.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._tapes: dict[int, _Tape] = {}
        self._count = 0
        self._optimizers: list[torch.optim.Optimizer] = []

    @property
    def handlers(self) -> dict[str, Callable[..., object]]:
        """The operations that the other end may ask for, by name."""
        handlers: dict[str, Callable[..., object]] = {"gradient": self._gradient}
        if self._limits.trusting:
            handlers |= {"optimize": self._optimize, "step": self._step}
        return handlers

    def record(self, inputs: list[Tensor], outputs: list[Tensor]) -> int:
        """Keep the graph of a call and return its number."""
        tape = _Tape(inputs, outputs, bytes_in((*inputs, *outputs)))
        self._limits.add_tape(tape.size)
        self._count += 1
        self._tapes[self._count] = tape
        return self._count

    def drop(self, numbers: object) -> None:
        """Drop the tapes that the other end no longer needs."""
        for number in numbers if isinstance(numbers, list) else ():
            tape = self._tapes.pop(number, None) if isinstance(number, int) else None
            if tape is not None:
                self._limits.remove_tape(tape.size)

    def _gradient(self, tape: int, gradients: list[Tensor | None]) -> list[Tensor | None]:
        """Return the vector-Jacobian product of a recorded call."""
        recorded = self._tapes[tape]
        if not recorded.inputs:
            return []
        outputs, known = _paired(recorded, gradients)
        return list(
            torch.autograd.grad(
                outputs, recorded.inputs, known, retain_graph=True, allow_unused=True
            )
        )

    def _optimize(self, target: nn.Module, lr: float, changes: object) -> int:
        """Make Adam for a model and return its number."""
        apply_changes([target], changes)
        parameters = parameters_of(target)
        # Fused Adam is three times as fast, but does not support complex numbers.
        fused = all(parameter.is_floating_point() for parameter in parameters)
        self._optimizers.append(torch.optim.Adam(parameters, lr=lr, fused=fused))
        return len(self._optimizers) - 1

    def _step(self, optimizer: int, gradients: list[TapeGradients]) -> None:
        """Make one step, given the gradients of the results of some calls."""
        adam = self._optimizers[optimizer]
        adam.zero_grad()
        pairs = [_paired(self._tapes[tape], known) for tape, known in gradients]
        torch.autograd.backward(
            [o for one, _ in pairs for o in one], [g for _, one in pairs for g in one]
        )
        adam.step()


def _paired(tape: _Tape, gradients: list[Tensor | None]) -> tuple[list[Tensor], list[Tensor]]:
    """Return the results that have a gradient, and their gradients."""
    pairs = [
        (output, gradient)
        for output, gradient in zip(tape.outputs, gradients, strict=True)
        if gradient is not None
    ]
    return [output for output, _ in pairs], [gradient for _, gradient in pairs]


def sources_in(inputs: Sequence[Tensor], modules: Sequence[nn.Module]) -> list[Tensor]:
    """Return what a call's gradient may be asked for: its inputs, then its modules' parameters.

    Each side makes this list for itself, so the order must be the same on both.
    """
    parameters = [parameter for module in modules for parameter in parameters_of(module)]
    return [tensor for tensor in (*inputs, *parameters) if tensor.requires_grad]


# -- the end that asked -------------------------------------------------------------------------


def stitch(connection: Caller, tape: int, result: object, sources: Sequence[Tensor]) -> object:
    """Return `result` with tensors whose backward pass asks the other end for the gradient."""
    outputs = [tensor for tensor in tensors_in(result) if tensor.requires_grad]
    if not outputs:
        return result
    handle = _TapeHandle(connection, tape)
    # A result may depend only on parameters that are in no module; it needs a gradient all the
    # same, as it would in one process.
    anchor = torch.empty(0, requires_grad=True)
    plain = [tensor.detach() for tensor in outputs]
    stitched = iter(_Stitch.apply(handle, plain, anchor, *sources))
    return map_tensors(result, lambda t: next(stitched) if t.requires_grad else t)


class _TapeHandle:
    """Drops a tape on the other end once no graph on this end refers to it."""

    def __init__(self, connection: Caller, tape: int) -> None:
        self.connection, self.tape = connection, tape

    def __del__(self) -> None:
        self.connection.drop_tape(self.tape)


class _Stitch(torch.autograd.Function):
    """Joins the graph on this end to the graph on the other end."""

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
        handle: _TapeHandle = ctx.handle
        recorded = handle.connection.recorded_gradients
        if all(gradient is None for gradient in gradients):
            return (None,) * (3 + len(ctx.like))
        if recorded is not None:
            recorded.append((handle.tape, list(gradients)))
            return (None,) * (3 + len(ctx.like))
        answer = handle.connection.ask("gradient", tape=handle.tape, gradients=list(gradients))
        fits = isinstance(answer, list) and len(answer) == len(ctx.like)
        if not fits or not all(
            one is None or (isinstance(one, Tensor) and (one.shape, one.dtype) == like)
            for one, like in zip(answer, ctx.like, strict=True)
        ):
            raise RemoteError("ProtocolError", "a gradient and its input differ in shape", "")
        return (None, None, None, *(None if one is None else one.detach() for one in answer))


@contextmanager
def recording_gradients(connection: Caller) -> Iterator[list[TapeGradients]]:
    """Make backward passes record the gradients of each tape's results, and ask for nothing."""
    recorded: list[TapeGradients] = []
    connection.recorded_gradients = recorded
    try:
        yield recorded
    finally:
        connection.recorded_gradients = None


class RemoteAdam:
    """Trains a model on the other side; neither weights nor their gradients cross the wall.

    Only the gradient of the loss by the model's results is computed here and sent. The mirror's
    weights are out of date until it pulls them.
    """

    def __init__(self, model: Mirror, lr: float) -> None:
        self._connection = model.connection
        changes = [(0, path, content) for path, content in model.changes()]
        self._number = self._connection.ask("optimize", target=model, lr=lr, changes=changes)

    def step(self, loss: Tensor) -> None:
        """Queue a step by the gradient of a scalar loss; it is made before the next ask."""
        with recording_gradients(self._connection) as recorded:
            loss.backward()  # type: ignore[no-untyped-call]
        self._connection.ask_later("step", optimizer=self._number, gradients=recorded)
