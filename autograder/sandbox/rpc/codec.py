"""Encode arguments and results as JSON, and decode them.

Plain values become JSON. A tensor becomes its position among the frame's tensors, whose bytes are
sent in the payload. For any other value a callback decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from autograder.sandbox.rpc.framing import MAX_PAYLOAD, ProtocolError

MAX_DEPTH = 32  # of nested lists, tuples and dicts
MAX_VALUES = 100_000  # per frame; each takes up to 100 bytes here
MAX_TEXT = 10_000  # characters per string
MAX_DIMENSIONS = 16  # per tensor

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64),
        *(torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool),
        *(torch.complex64, torch.complex128),
    )
}
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}


class Received(list[Tensor]):
    """The tensors of a received frame. Each may be referred to once, as `encode` does.

    Otherwise a small frame could describe any number of copies of one large tensor.
    """

    _values = 0

    def __init__(self, tensors: Iterable[Tensor] = ()) -> None:
        super().__init__(tensors)
        self._taken: set[int] = set()

    def take(self, index: object) -> Tensor:
        """Return the tensor at an index.

        Raises:
            ProtocolError: If there is none, or if it has been taken before.
        """
        if type(index) is not int or not 0 <= index < len(self):
            raise ProtocolError("a value refers to a tensor that its frame does not have")
        if index in self._taken:
            raise ProtocolError("two values refer to one tensor of a frame")
        self._taken.add(index)
        return self[index]

    def count_values(self, more: int) -> None:
        """Count values that the frame describes.

        Raises:
            ProtocolError: If there are too many.
        """
        self._values += more
        if self._values > MAX_VALUES:
            raise ProtocolError(f"a frame describes more than {MAX_VALUES:,} values")


def encode(
    value: object, tensors: list[Tensor], fallback: Callable[[object, list[Tensor]], Any]
) -> Any:
    """Return `value` as JSON and append its tensors to `tensors`.

    Args:
        value: None, bool, int, float, str, tensors, and lists, tuples and dicts of these.
        tensors: The frame's tensors so far.
        fallback: Called with any other value and `tensors`; returns a JSON object for it.
    """
    if value is None or isinstance(value, bool | float | str):
        return value[:MAX_TEXT] if isinstance(value, str) else value
    if isinstance(value, int) and abs(value) < 2**63:
        return int(value)
    if isinstance(value, Tensor) and is_sendable(value):
        tensors.append(value)
        return {"tensor": len(tensors) - 1, "grad": value.requires_grad}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [encode(item, tensors, fallback) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: encode(item, tensors, fallback) for key, item in value.items()}}
    return fallback(value, tensors)


def decode(
    coded: Any,
    tensors: Received,
    fallback: Callable[[dict[str, Any], Received], object],
    depth: int = 0,
) -> Any:
    """Return the value that `encode` encoded.

    Args:
        coded: The JSON.
        tensors: The frame's tensors.
        fallback: Called with the JSON objects that the encoder's `fallback` returned.
        depth: How deeply `coded` is nested in the whole value.

    Raises:
        ProtocolError: If `coded` encodes no value.
    """
    if depth > MAX_DEPTH:
        raise ProtocolError(f"a value is nested more than {MAX_DEPTH} deep")
    if coded is None or isinstance(coded, bool | float | str):
        return coded[:MAX_TEXT] if isinstance(coded, str) else coded
    if isinstance(coded, int) and abs(coded) < 2**63:
        return coded
    if not isinstance(coded, dict) or not coded:
        raise ProtocolError("a value is of no known kind")
    kind, content = next(iter(coded.items()))
    if kind == "tensor":
        tensor = tensors.take(content)
        return tensor.requires_grad_() if coded.get("grad") is True and _real(tensor) else tensor
    if kind in {"list", "tuple"} and isinstance(content, list):
        tensors.count_values(len(content))
        items = [decode(item, tensors, fallback, depth + 1) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "dict" and isinstance(content, dict):
        tensors.count_values(len(content))
        if any(len(key) > MAX_TEXT for key in content):
            raise ProtocolError(f"a key has more than {MAX_TEXT:,} characters")
        return {key: decode(item, tensors, fallback, depth + 1) for key, item in content.items()}
    return fallback(coded, tensors)


def _real(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def is_sendable(tensor: Tensor) -> bool:
    """Return whether a tensor is dense, on the CPU, and of a dtype and size that can be sent."""
    return (
        tensor.layout == torch.strided
        and tensor.device.type == "cpu"
        and not tensor.is_quantized
        and tensor.dtype in DTYPE_NAMES
        and tensor.dim() <= MAX_DIMENSIONS
        and tensor.numel() * tensor.element_size() <= MAX_PAYLOAD
    )


def as_bytes(tensor: Tensor) -> Tensor:
    """Return the elements of a dense tensor, in order, as a flat tensor of bytes.

    The result is a view of the tensor's own memory if the elements lie there in order.
    """
    flat = tensor.detach().resolve_conj().resolve_neg().reshape(-1)
    if flat.stride() != (1,):  # a tensor expanded from one element has stride 0
        flat = flat.clone(memory_format=torch.contiguous_format)
    return flat.view(torch.uint8)


def tensors_in(value: object) -> list[Tensor]:
    """Return the tensors in nested lists, tuples and dicts, in order."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in tensors_in(item)]
    if isinstance(value, dict):
        return [tensor for item in value.values() for tensor in tensors_in(item)]
    return []


def map_tensors(value: object, function: Callable[[Tensor], Tensor]) -> object:
    """Return `value` with `function` applied to each tensor in nested lists, tuples and dicts."""
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, list):
        return [map_tensors(item, function) for item in value]
    if isinstance(value, tuple):
        return tuple(map_tensors(item, function) for item in value)
    if isinstance(value, dict):
        return {key: map_tensors(item, function) for key, item in value.items()}
    return value
