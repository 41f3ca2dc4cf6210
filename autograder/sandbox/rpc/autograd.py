"""What calls leave behind on the end that computed them: their graphs, and who steps by them.

A call's graph is a *tape*. The other end asks for its vector-Jacobian product, or, where it is
trusted, for a step of an optimiser that lives here, beside the weights: then neither weights nor
their gradients cross the wall.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from autograder.sandbox.rpc import module_mirror
from autograder.sandbox.rpc.limits import Limits, Tape


class Tapes:
    """Keeps tapes until the other end forgets them, and answers for them.

    Args:
        limits: What the other end may cost; only a trusted one may have optimisers.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._tapes: dict[int, Tape] = {}
        self._count = 0
        self._optimizers: list[tuple[nn.Module, torch.optim.Optimizer]] = []

    @property
    def handlers(self) -> dict[str, Callable[..., object]]:
        """What can be asked, by name."""
        told: dict[str, Callable[..., object]] = {"gradient": self._gradient}
        if self._limits.trusting:
            told |= {"optimize": self._optimize, "step": self._step, "weights": self._weights}
        return told

    def record(self, inputs: list[Tensor], outputs: list[Tensor]) -> int:
        """Keep the graph of a call, and return its number."""
        tape = Tape(inputs, outputs)
        self._limits.taped(tape)
        self._count += 1
        self._tapes[self._count] = tape
        return self._count

    def drop(self, tapes: object) -> None:
        """Forget tapes that nobody will ask for."""
        for tape in tapes if isinstance(tapes, list) else ():
            dropped = self._tapes.pop(tape, None) if isinstance(tape, int) else None
            if dropped is not None:
                self._limits.dropped(dropped)

    def _gradient(self, tape: int, gradients: list[Tensor | None]) -> list[Tensor | None]:
        """Answer the vector-Jacobian product of a call that was recorded."""
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
        """Make Adam for a model, and answer its number."""
        module_mirror.apply([target], changes)
        parameters = list(target.parameters())
        # three times as fast; it knows no complex numbers
        fused = all(parameter.is_floating_point() for parameter in parameters)
        self._optimizers.append((target, torch.optim.Adam(parameters, lr=lr, fused=fused)))
        return len(self._optimizers) - 1

    def _step(self, optimizer: int, gradients: list[tuple[int, list[Tensor | None]]]) -> None:
        """Step by the gradients of the results of some calls."""
        _, adam = self._optimizers[optimizer]
        adam.zero_grad()
        pairs = [_paired(self._tapes[tape], known) for tape, known in gradients]
        torch.autograd.backward(
            [o for one, _ in pairs for o in one], [g for _, one in pairs for g in one]
        )
        adam.step()

    def _weights(self, optimizer: int) -> list[tuple[str, Tensor]]:
        """Answer all that an optimiser's model holds by now."""
        model, _ = self._optimizers[optimizer]
        return [(path, one.detach()) for path, one in module_mirror.held_by(model)]


def _paired(recorded: Tape, gradients: list[Tensor | None]) -> tuple[list[Tensor], list[Tensor]]:
    """Return the results that have a gradient, and their gradients."""
    pairs = [
        (output, gradient)
        for output, gradient in zip(recorded.outputs, gradients, strict=True)
        if gradient is not None
    ]
    return [output for output, _ in pairs], [gradient for _, gradient in pairs]
