"""Frames between the grader and a worker: a JSON header and raw tensor bytes, nothing executable.

A frame is two big-endian 32-bit lengths (header, payload), the header, and the payload: the bytes
of the header's tensors, one after the other, each from a multiple of 16 bytes on. The highest bit
of the payload's length says that it does not follow, but lies on the shelf. Whoever reads a frame
believes none of it: every length and depth is checked before memory is taken.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from autograder.sandbox.rpc import shared_memory
from autograder.sandbox.rpc.shared_memory import SharedMemory
from autograder.sandbox.rpc.tensor_frames import (
    MAX_PAYLOAD,
    WireError,
    described,
    fits,
    laid_out,
    layout,
    tensor_from,
)

MAX_HEADER = 4 * 2**20  # bytes; a module of 10,000 tensors describes itself in about 1 MiB
MAX_DEPTH = 32  # of nested lists, tuples and dicts
MAX_TEXT = 10_000  # characters of one string

_LENGTHS = struct.Struct(">II")
_ON_SHELF = 2**31
_AHEAD = 2**16  # bytes to read at once: most headers come whole with their lengths


class Closed(Exception):  # noqa: N818 - the other end's end is an event, not our error
    """The other end has closed the connection."""


class Channel:
    """Sends and receives frames over a connected stream socket.

    Args:
        connection: The socket.
        shared: Memory that both ends share, if any.
    """

    def __init__(self, connection: socket.socket, shared: SharedMemory | None = None) -> None:
        self._socket, self._shelf = connection, shared
        self._ahead = b""

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
        payload = laid_out(tensors)
        header["tensors"] = described(tensors)
        head = json.dumps(header, separators=(",", ":")).encode()
        size = sum(map(len, payload))
        if len(head) > MAX_HEADER or size > MAX_PAYLOAD:
            raise WireError(f"a frame of {len(head)} + {size} bytes is more than the wire carries")
        if self._shelf is not None and 0 < size <= shared_memory.SIZE:
            self._shelf.put(payload)
            size, payload = size | _ON_SHELF, []
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
        where = self._shelf if payload_size & _ON_SHELF else None
        most = shared_memory.SIZE if where is not None else MAX_PAYLOAD
        if where is not None:
            payload_size &= ~_ON_SHELF
        if head_size > MAX_HEADER or payload_size > most:
            raise WireError(f"a frame says it has {head_size} + {payload_size} bytes")
        header = parse_header(self._exactly(head_size, deadline))
        places = layout(header.pop("tensors", None), payload_size)
        if where is not None:
            payload = where.take(payload_size)
        else:
            payload = self._exactly(payload_size, deadline)
        return header, [tensor_from(payload, *place) for place in places]

    def close(self) -> None:
        """Close this end; what is sent from then on finds the other end gone."""
        self._socket.close()
        if self._shelf is not None:
            self._shelf.close()
            self._shelf = None

    def _exactly(self, size: int, deadline: float | None) -> bytearray:
        buffer = bytearray(size)
        have = min(size, len(self._ahead))
        buffer[:have], self._ahead = self._ahead[:have], self._ahead[have:]
        while have < size:
            try:
                self._wait_until(deadline)
                if size - have < _AHEAD:
                    came = self._socket.recv(_AHEAD)
                    wanted = came[: size - have]
                    count = len(wanted)
                    buffer[have : have + count], self._ahead = wanted, came[count:]
                else:
                    count = self._socket.recv_into(memoryview(buffer)[have:])
            except TimeoutError:
                raise
            except OSError as gone:
                raise Closed from gone
            if count == 0:
                raise Closed
            have += count
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
    if isinstance(value, Tensor) and fits(value):
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


__all__ = ["Channel", "Closed", "WireError", "decode", "encode", "parse_header"]
