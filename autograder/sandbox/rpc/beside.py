"""Loops of the grader's own that run in the worker, beside a model.

What such a loop says is the worker's word, like every answer: the submission shares its process and
could have replaced any part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from autograder.sandbox.errors import RemoteError
from autograder.sandbox.rpc.module_mirror import Mirror, apply_changes, held_by

_END = object()

# -- the end that has the model -----------------------------------------------------------------


class Loops:
    """Runs generator functions, one step for each ask. Only a trusted end may ask."""

    def __init__(self) -> None:
        self._loops: list[Iterator[object]] = []

    @property
    def handlers(self) -> dict[str, Callable[..., object]]:
        """The operations that the other end may ask for, by name."""
        return {
            "begin_loop": self._begin,
            "continue_loop": self._continue,
            "weights": self._weights,
        }

    def _begin(
        self,
        target: nn.Module,
        source: str,
        function: str,
        args: tuple[object, ...],
        changes: object,
    ) -> int:
        """Prepare a loop of a file's source, and return its number."""
        apply_changes([target], changes)
        names: dict[str, Any] = {"__name__": "loop"}
        exec(compile(source, "<loop>", "exec"), names)  # noqa: S102 - the course's own file
        self._loops.append(names[function](target, *args))
        return len(self._loops) - 1

    def _continue(self, loop: int) -> object:
        """Return the loop's next value in a list, or None at its end."""
        with torch.enable_grad():  # an answer may have left gradients disabled
            value = next(self._loops[loop], _END)
        return None if value is _END else [value]

    def _weights(self, target: nn.Module) -> list[tuple[str, Tensor]]:
        """Return the parameters and buffers of a model."""
        return [(path, one.detach()) for path, one in held_by(target)]


# -- the end that asked -------------------------------------------------------------------------


def run(mirror: Mirror, source: str, function: str, args: tuple[object, ...]) -> Iterator[object]:
    """Run a loop beside a mirror's original; yield what it yields.

    The mirror's weights are out of date until `pull_weights` is called.
    """
    ask = mirror.connection.ask
    changes = [(0, path, content) for path, content in mirror.changes()]
    loop = ask(
        "begin_loop", target=mirror, source=source, function=function, args=args, changes=changes
    )
    while (answer := ask("continue_loop", loop=loop)) is not None:
        if not (isinstance(answer, list) and len(answer) == 1):
            raise RemoteError("ProtocolError", "the answer of a loop is malformed", "")
        yield answer[0]


def pull_weights(mirror: Mirror) -> None:
    """Set the mirror's parameters and buffers to those of its original."""
    answer = mirror.connection.ask("weights", target=mirror)
    try:
        for path, content in answer:
            mirror.take(path, content, trained=True)
    except Exception as problem:  # the other side may have sent anything
        raise RemoteError("ProtocolError", "the answer contains no weights", "") from problem
