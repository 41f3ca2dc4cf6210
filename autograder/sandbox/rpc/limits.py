"""What a grader lets a worker cost it: memory, depth, and which of its objects may be called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from autograder.sandbox.rpc.channel import WireError

MAX_NESTED = 8  # asks within asks; an honest function that calls a model passed to it makes two
MAX_ASKED = 256 * 2**10  # bytes a worker may send with what it asks; 83 images of 28 x 28 fit
MAX_TAPED = 64 * 2**20  # bytes of inputs and results kept for a worker that may ask for gradients
MAX_COPIED = 64 * 2**20  # bytes of copies of models; one for each call of an answer fits
MAX_PARTS = 10_000  # modules and objects that one frame may describe; each costs a few kB here


@dataclass
class Tape:
    """What a call leaves behind so that its gradient can be asked for."""

    inputs: list[Tensor]
    outputs: list[Tensor]

    @property
    def size(self) -> int:
        """What it holds, in bytes; the graph between is of the same order."""
        return _bytes_in((*self.inputs, *self.outputs))


@dataclass
class Allowance:
    """Seconds that all calls for a question together may still take."""

    seconds: float


class Limits:
    """Counts what the other end has cost so far, and refuses what is too much.

    Args:
        trusting: Whether to refuse nothing: a worker trusts its grader.
    """

    def __init__(self, *, trusting: bool) -> None:
        self.trusting = trusting
        self._nested = self._taped = self._parts = self._copied = 0

    @contextmanager
    def nesting(self) -> Iterator[None]:
        """Count an ask while it waits for its answer."""
        if not self.trusting and self._nested >= MAX_NESTED:
            raise WireError(f"calls are nested more than {MAX_NESTED} deep")
        self._nested += 1
        try:
            yield
        finally:
            self._nested -= 1

    def frame(self, header: dict[str, Any], tensors: Sequence[Tensor]) -> None:
        """Take note of a frame that has come."""
        self._parts = 0
        if not self.trusting and "ask" in header and _bytes_in(tensors) > MAX_ASKED:
            raise WireError(f"more than {MAX_ASKED:,} bytes came with a call")

    def described(self, coded: dict[str, Any]) -> None:
        """Count an object that the frame describes, and its parts."""
        kinds = coded.get("kinds")
        self._parts += 1 + (len(kinds) if isinstance(kinds, list) else 0)
        if self._parts > MAX_PARTS:
            raise WireError(f"one frame describes more than {MAX_PARTS:,} objects")

    def taped(self, tape: Tape) -> None:
        """Count a tape that is to be kept."""
        self._taped += tape.size
        if not self.trusting and self._taped > MAX_TAPED:
            raise WireError(f"more than {MAX_TAPED:,} bytes would be kept for gradients")

    def dropped(self, tape: Tape) -> None:
        """Count a tape no longer."""
        self._taped -= tape.size

    def copied(self, model: nn.Module) -> None:
        """Count a copy of a model that is about to be made; its parts cost some kB each."""
        tensors = [*model.parameters(), *model.buffers()]
        self._copied += _bytes_in(tensors) + 4096 * (1 + len(list(model.modules())))
        if not self.trusting and self._copied > MAX_COPIED:
            raise WireError(f"more than {MAX_COPIED:,} bytes of copied models")


def must_be_passed(target: object, passed: Collection[object]) -> None:
    """Refuse to act on what a worker was never passed: a mere tensor has methods that eat memory.

    Raises:
        WireError: If `target` is none of the objects that were passed to the worker.
    """
    if not any(target is one for one in passed):
        raise WireError("a call of something that was never passed")


def offers(target: object, method: str) -> bool:
    """Say whether a grader's object offers `method`: its own classes define it, or it is a mode."""
    if isinstance(target, nn.Module) and method in {"train", "eval", "forward"}:
        return True
    own = (
        cls
        for cls in type(target).__mro__
        if cls.__module__.partition(".")[0] not in {"torch", "builtins"}
    )
    return any(callable(vars(cls).get(method)) for cls in own)


def _bytes_in(tensors: Sequence[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
