"""What a worker may cost its grader (memory, depth), and which of its objects may be called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from autograder.sandbox.rpc.framing import ProtocolError

MAX_NESTED_ASKS = 8  # an honest function that calls a model passed to it needs two
MAX_ASK_BYTES = 256 * 2**10  # that a worker may send with an ask; 83 images of 28 x 28 fit
MAX_TAPE_BYTES = 64 * 2**20  # of inputs and results kept so that a worker can ask for gradients
MAX_COPY_BYTES = 64 * 2**20  # of copied models; one copy for each call of an answer fits
MAX_DESCRIBED = 10_000  # modules and objects in one frame; each costs a few kB here


@dataclass
class Allowance:
    """Seconds that all calls for a question together may still take."""

    seconds: float


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

    def check_frame(self, header: dict[str, Any], tensors: Sequence[Tensor]) -> None:
        """Check the size of a received frame, and start to count the objects that it describes."""
        self._described = 0
        if not self.trusting and "ask" in header and bytes_in(tensors) > MAX_ASK_BYTES:
            raise ProtocolError(f"a call carries more than {MAX_ASK_BYTES:,} bytes")

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

    It may call those that the object's own classes define (not torch's), and those that set modes.
    """
    if isinstance(target, nn.Module) and method in {"train", "eval", "forward"}:
        return True
    own = (
        cls
        for cls in type(target).__mro__
        if cls.__module__.partition(".")[0] not in {"torch", "builtins"}
    )
    return any(callable(vars(cls).get(method)) for cls in own)


def bytes_in(tensors: Sequence[Tensor]) -> int:
    """Return the size of tensors' elements in bytes."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
