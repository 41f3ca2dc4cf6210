"""What a worker may cost its grader (memory, depth), and which of its objects may be called."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from autograder.sandbox.rpc.framing import ProtocolError, check_held
from checkkit.host import offered_by

MAX_NESTED_ASKS = 8  # an honest function that calls a model passed to it needs two
MAX_ASK_BYTES = 256 * 2**10  # that a worker may send with an ask; 83 images of 28 x 28 fit
MAX_TAPE_BYTES = 64 * 2**20  # of inputs and results kept so that a worker can ask for gradients
MAX_COPY_BYTES = 64 * 2**20  # of copied models; one copy for each call of an answer fits
MAX_DESCRIBED = 2_000  # modules and objects in one frame; the deepest known networks have 1,000
# For what a worker passes to the grader's own functions: they compute in the grader. A method may
# allocate memory in proportion to any number that it is given.
MAX_NUMBER = 4096
MAX_ROWS = 1024  # of a batch; a decoder makes a larger image of each row
MAX_RESULT_BYTES = 16 * 2**20
MAX_ARGUMENTS = 1000  # values, nested ones included


@dataclass
class Allowance:
    """The time that calls may still take.

    Attributes:
        seconds: For all calls for a question together.
        end: When the whole submission must be done, on the monotonic clock.
    """

    seconds: float
    end: float = math.inf

    @property
    def left(self) -> float:
        """The seconds that the next call may take; not more than 0 if there are none."""
        return min(self.seconds, self.end - time.monotonic())


class Limits:
    """Counts what the other end has cost so far and refuses what exceeds a limit.

    Args:
        trusting: Whether to refuse nothing: a worker trusts its grader.
    """

    def __init__(self, *, trusting: bool) -> None:
        self.trusting = trusting
        self._nested_asks = self._tape_bytes = self._copy_bytes = self._described = 0

    @contextmanager
    def nested_ask(self) -> Iterator[None]:
        """Count an ask while it waits for its answer."""
        if not self.trusting and self._nested_asks >= MAX_NESTED_ASKS:
            raise ProtocolError(f"calls are nested more than {MAX_NESTED_ASKS} deep")
        self._nested_asks += 1
        try:
            yield
        finally:
            self._nested_asks -= 1

    def admit(self, header: dict[str, Any], size: int) -> None:
        """Check a frame before memory is allocated for its payload; start to count its objects."""
        self._described = 0
        if self.trusting:
            return
        if "ask" in header and size > MAX_ASK_BYTES:
            raise ProtocolError(f"a call carries more than {MAX_ASK_BYTES:,} bytes")
        check_held(size)

    def check_arguments(self, arguments: object) -> None:
        """Check what a worker passes to a function of the grader.

        Raises:
            ValueError: If a number or a batch is larger than any that the function is meant for.
        """
        if self.trusting:
            return
        for count, value in enumerate(_leaves(arguments)):
            if count > MAX_ARGUMENTS:
                raise ValueError(f"a call has more than {MAX_ARGUMENTS:,} arguments")
            if isinstance(value, int) and abs(value) > MAX_NUMBER:
                raise ValueError(f"{value} is too large a number for this call")
            if isinstance(value, Tensor) and max((*value.shape[:1], 0)) > MAX_ROWS:
                raise ValueError(f"a batch of more than {MAX_ROWS:,} rows")
            if isinstance(value, Tensor) and max((*value.shape, 0)) > MAX_ASK_BYTES:
                raise ValueError("an empty tensor of an impossible shape")

    def check_result(self, tensors: Sequence[Tensor]) -> None:
        """Check the size of what a function of the grader has returned to a worker."""
        if not self.trusting and bytes_in(tensors) > MAX_RESULT_BYTES:
            raise ValueError(f"the result has more than {MAX_RESULT_BYTES:,} bytes")

    def count_described(self, coded: dict[str, Any]) -> None:
        """Count an object that the frame describes, and its parts."""
        kinds = coded.get("kinds")
        self._described += 1 + (len(kinds) if isinstance(kinds, list) else 0)
        if self._described > MAX_DESCRIBED:
            raise ProtocolError(f"one frame describes more than {MAX_DESCRIBED:,} objects")

    def add_tape(self, size: int) -> None:
        """Count the bytes of a tape that is about to be kept."""
        self._tape_bytes += size
        if not self.trusting and self._tape_bytes > MAX_TAPE_BYTES:
            raise ProtocolError(f"more than {MAX_TAPE_BYTES:,} bytes would be kept for gradients")

    def remove_tape(self, size: int) -> None:
        """Stop counting the bytes of a tape."""
        self._tape_bytes -= size

    def add_copy(self, model: nn.Module) -> None:
        """Count a copy of a model that is about to be made; each of its parts costs a few kB."""
        tensors = [*model.parameters(), *model.buffers()]
        self._copy_bytes += bytes_in(tensors) + 4096 * (1 + len(list(model.modules())))
        if not self.trusting and self._copy_bytes > MAX_COPY_BYTES:
            raise ProtocolError(f"more than {MAX_COPY_BYTES:,} bytes of copied models")


def check_exported(target: object, exports: Collection[object]) -> None:
    """Refuse to act on an object that the worker was never passed.

    Even a tensor that the worker itself sent has methods that allocate memory.

    Raises:
        ProtocolError: If `target` is none of `exports`.
    """
    if not any(target is one for one in exports):
        raise ProtocolError("a call has a target that was never passed to the other end")


def offers_method(target: object, method: str) -> bool:
    """Return whether a worker may call `method` of a grader's object.

    It may call those that the object's class lists, see `checkkit.host.offers`, and of a module
    `forward` and those that set modes.
    """
    if isinstance(target, nn.Module) and method in {"train", "eval", "forward"}:
        return True
    return method in offered_by(type(target))


def _leaves(value: object) -> Iterator[object]:
    """Yield the values in nested lists, tuples and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        yield value
        return
    for item in value:
        yield from _leaves(item)


def bytes_in(tensors: Sequence[Tensor]) -> int:
    """Return the size of tensors' elements in bytes."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
