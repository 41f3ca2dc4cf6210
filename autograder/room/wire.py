"""Frames between the grader and a worker: a JSON header and raw tensor bytes, nothing executable.

A frame is two big-endian 32-bit lengths (header, payload), the header, and the payload: the bytes
of the header's tensors, one after the other. Whoever reads a frame believes none of it: every
length, depth, dtype and shape is checked before memory is taken or a tensor is made.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

MAX_HEADER = 4 * 2**20  # bytes; a module of 10,000 tensors describes itself in about 1 MiB
MAX_PAYLOAD = 256 * 2**20  # bytes; the largest honest frame, 4,000 decoded digits, has 12.5 MB
MAX_TENSORS = 20_000  # in one frame
MAX_DIMENSIONS = 16  # of one tensor
MAX_DEPTH = 32  # of nested lists, tuples and dicts
MAX_TEXT = 10_000  # characters of one string

_LENGTHS = struct.Struct(">II")

_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64),
        *(torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool),
        *(torch.complex64, torch.complex128),
    )
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


class WireError(Exception):
    """What came is not a frame, or not one that an honest peer would send."""


class Closed(Exception):  # noqa: N818 - the other end's end is an event, not our error
    """The other end has closed the connection."""


class Channel:
    """Sends and receives frames over a connected stream socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def send(
        self, header: dict[str, Any], tensors: Sequence[Tensor], deadline: float | None = None
    ) -> None:
        """Send one frame.

        Args:
            header: JSON-able; the key `tensors` is the frame's own.
            tensors: Dense CPU tensors of a dtype that the wire knows.
            deadline: On the monotonic clock; None waits for ever.

        Raises:
            Closed: If the other end is gone.
            TimeoutError: If the other end does not read before the deadline.
            WireError: If the frame is larger than the other end would accept.
        """
        payload = [_bytes_of(tensor) for tensor in tensors]
        header["tensors"] = [[_NAMES[t.dtype], list(t.shape)] for t in tensors]
        head = json.dumps(header, separators=(",", ":")).encode()
        size = sum(map(len, payload))
        if len(head) > MAX_HEADER or size > MAX_PAYLOAD or len(tensors) > MAX_TENSORS:
            raise WireError(f"a frame of {len(head)} + {size} bytes is more than the wire carries")
        try:
            for part in (_LENGTHS.pack(len(head), size) + head, *payload):
                self._wait_until(deadline)
                self._socket.sendall(part)
        except TimeoutError:
            raise
        except OSError as gone:  # the other end has closed, or this one has
            raise Closed from gone

    def receive(self, deadline: float | None = None) -> tuple[dict[str, Any], list[Tensor]]:
        """Receive one frame, checked.

        Raises:
            Closed: If the other end is gone.
            TimeoutError: If no whole frame has come before the deadline.
            WireError: If what came is not a frame.
        """
        head_size, payload_size = _LENGTHS.unpack(self._exactly(_LENGTHS.size, deadline))
        if head_size > MAX_HEADER or payload_size > MAX_PAYLOAD:
            raise WireError(f"a frame says it has {head_size} + {payload_size} bytes")
        header = parse_header(self._exactly(head_size, deadline))
        layout = _layout(header.pop("tensors", None), payload_size)
        tensors = [
            _tensor_from(self._exactly(size, deadline), dtype, shape)
            for dtype, shape, size in layout
        ]
        return header, tensors

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def _exactly(self, size: int, deadline: float | None) -> bytearray:
        buffer = bytearray(size)
        view = memoryview(buffer)
        while view:
            try:
                self._wait_until(deadline)
                count = self._socket.recv_into(view)
            except TimeoutError:
                raise
            except OSError as gone:
                raise Closed from gone
            if count == 0:
                raise Closed
            view = view[count:]
        return buffer

    def _wait_until(self, deadline: float | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def parse_header(raw: bytes | bytearray) -> dict[str, Any]:
    """Return the frame header in `raw`.

    Raises:
        WireError: If it is not a JSON object.
    """
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as problem:  # also bad UTF-8, and numbers of many digits
        raise WireError("a frame's header is not JSON") from problem
    if not isinstance(header, dict):
        raise WireError("a frame's header is not an object")
    return header


def encode(
    value: object, tensors: list[Tensor], other: Callable[[object, list[Tensor]], Any]
) -> Any:
    """Return `value` as JSON; its tensors are appended to `tensors`.

    Args:
        value: None, bool, int, float, str, tensors, and lists, tuples and dicts of these.
        tensors: The frame's tensors so far.
        other: Called with any other value and `tensors`; returns a JSON object for it.
    """
    if value is None or isinstance(value, bool | float | str):
        return value[:MAX_TEXT] if isinstance(value, str) else value
    if isinstance(value, int) and abs(value) < 2**63:
        return int(value)
    if isinstance(value, Tensor) and _fits(value):
        tensors.append(value)
        return {"tensor": len(tensors) - 1, "grad": value.requires_grad}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [encode(item, tensors, other) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: encode(item, tensors, other) for key, item in value.items()}}
    return other(value, tensors)


def decode(
    coded: Any,
    tensors: Sequence[Tensor],
    other: Callable[[dict[str, Any], Sequence[Tensor]], object],
    depth: int = 0,
) -> Any:
    """Return the value that `encode` coded.

    Args:
        coded: The JSON.
        tensors: The frame's tensors.
        other: Called with the JSON objects that the encoder's `other` gave.
        depth: How deep in the value this part of it is.

    Raises:
        WireError: If it is not the coding of any value.
    """
    if depth > MAX_DEPTH:
        raise WireError(f"a value is nested more than {MAX_DEPTH} deep")
    if coded is None or isinstance(coded, bool | float | str):
        return coded[:MAX_TEXT] if isinstance(coded, str) else coded
    if isinstance(coded, int) and abs(coded) < 2**63:
        return coded
    if not isinstance(coded, dict) or not coded:
        raise WireError("a value has no known kind")
    kind, content = next(iter(coded.items()))
    if kind == "tensor":
        tensor = _item(tensors, content)
        return tensor.requires_grad_() if coded.get("grad") is True and _real(tensor) else tensor
    if kind in {"list", "tuple"} and isinstance(content, list):
        items = [decode(item, tensors, other, depth + 1) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "dict" and isinstance(content, dict):
        if any(len(key) > MAX_TEXT for key in content):
            raise WireError("a key is longer than any text may be")
        return {key: decode(item, tensors, other, depth + 1) for key, item in content.items()}
    return other(coded, tensors)


def _item(tensors: Sequence[Tensor], index: object) -> Tensor:
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(tensors):
        raise WireError("a value names a tensor that its frame does not have")
    return tensors[index]


def _real(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _fits(tensor: Tensor) -> bool:
    """Say whether a tensor is dense, on the CPU, and of a dtype and size that the wire carries."""
    return (
        tensor.layout == torch.strided
        and tensor.device.type == "cpu"
        and not tensor.is_quantized
        and tensor.dtype in _NAMES
        and tensor.dim() <= MAX_DIMENSIONS
        and tensor.numel() * tensor.element_size() <= MAX_PAYLOAD
    )


def as_bytes(tensor: Tensor) -> Tensor:
    """Return the elements of a dense tensor, in order, as a flat tensor of bytes."""
    flat = tensor.detach().resolve_conj().resolve_neg().reshape(-1)
    # `contiguous` does not do: a tensor expanded from one element counts as that, with stride 0.
    return flat.clone(memory_format=torch.contiguous_format).view(torch.uint8)


def _bytes_of(tensor: Tensor) -> memoryview | bytes:
    return as_bytes(tensor).numpy().data if tensor.numel() else b""


def _layout(coded: object, payload_size: int) -> list[tuple[torch.dtype, list[int], int]]:
    """Return dtype, shape and size in bytes of a frame's tensors, checked against its payload."""
    if not isinstance(coded, list) or len(coded) > MAX_TENSORS:
        raise WireError("a frame does not list its tensors")
    layout = [_described(one) for one in coded]
    if sum(size for _, _, size in layout) != payload_size:
        raise WireError("a frame's payload is not as long as its tensors")
    return layout


def _described(coded: object) -> tuple[torch.dtype, list[int], int]:
    match coded:
        case [str(name), list(shape)] if name in _DTYPES and len(shape) <= MAX_DIMENSIONS:
            if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
                raise WireError("a tensor has an impossible shape")
            dtype = _DTYPES[name]
            # An empty tensor may still have one enormous dimension; torch would overflow on it.
            if math.prod(max(n, 1) for n in shape) * dtype.itemsize > MAX_PAYLOAD:
                raise WireError("a tensor is larger than the wire carries")
            return dtype, shape, math.prod(shape) * dtype.itemsize
    raise WireError("a tensor's description has an unknown form or dtype")


def _tensor_from(raw: bytearray, dtype: torch.dtype, shape: list[int]) -> Tensor:
    if not raw:
        return torch.empty(shape, dtype=dtype)
    flat = torch.frombuffer(raw, dtype=torch.uint8)
    # A bool byte other than 0 and 1 is undefined behaviour in torch: read it as "not zero".
    return (flat != 0 if dtype == torch.bool else flat.view(dtype)).reshape(shape)
