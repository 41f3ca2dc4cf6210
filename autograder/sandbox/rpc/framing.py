"""Frames on a socket: a JSON header and a payload of raw bytes; nothing executable.

A frame is two big-endian 32-bit lengths (header, payload), the header, and the payload. The highest
bit of the payload's length means that the payload lies in shared memory and does not follow on the
socket. The reader trusts nothing: it checks every length before it allocates memory.

This module must not import torch: the grader reads the zygote's greeting before it imports torch.
"""

from __future__ import annotations

import gc
import json
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox.rpc import shared_memory
from autograder.sandbox.rpc.shared_memory import SharedMemory

MAX_HEADER = 4 * 2**20  # bytes; a module of 10,000 tensors needs about 1 MiB
MAX_PAYLOAD = 256 * 2**20  # bytes; the largest honest frame, 4,000 decoded digits, has 12.5 MB

_LENGTHS = struct.Struct(">II")
_IN_SHARED_MEMORY = 2**31
MAX_HELD = 512 * 2**20  # bytes of payloads that a grader keeps at one time; models, mostly
_READ_AHEAD = 2**16  # bytes per read: most headers arrive in one read with their lengths


class Closed(Exception):  # noqa: N818 - the other end's end is an event, not our error
    """The other end has closed the connection."""


class ProtocolError(Exception):
    """What arrived is not a frame, or not one that an honest process would send."""


class HeldPayload(bytearray):
    """A payload that a grader received. It counts as held until nothing refers to it.

    Tensors refer to the payload that they lie in, so this counts what a submission makes its
    grader keep. The count is that of the process: a process grades one submission at a time.
    """

    total = 0

    def __init__(self, content: int | memoryview) -> None:
        super().__init__(content)
        HeldPayload.total += len(self)
        self._counted = len(self)

    def __del__(self) -> None:
        HeldPayload.total -= getattr(self, "_counted", 0)


def check_held(size: int) -> None:
    """Refuse a payload of this size if more would be held than one submission may cost.

    Raises:
        ProtocolError: If it would.
    """
    if HeldPayload.total + size > MAX_HELD:
        gc.collect()  # mirrors of models refer to themselves
        if HeldPayload.total + size > MAX_HELD:
            raise ProtocolError(f"more than {MAX_HELD:,} bytes of results would be kept")


class FrameSocket:
    """Sends and receives frames over a connected stream socket.

    Args:
        connection: The socket.
        shared: Memory that both ends share, if any.

    Attributes:
        payload_type: What payloads are received as.
        extend: Returns until when to wait after a deadline, given the deadline; by default no
            longer.
    """

    def __init__(self, connection: socket.socket, shared: SharedMemory | None = None) -> None:
        self._socket, self._shared = connection, shared
        self._read_ahead = b""
        self.payload_type: type[bytearray] = bytearray
        self.extend: Callable[[float], float] = float

    def send_frame(
        self,
        header: dict[str, Any],
        payload: Sequence[memoryview | bytes] = (),
        deadline: float | None = None,
    ) -> None:
        """Send one frame.

        Args:
            header: A JSON object.
            payload: The parts of the payload.
            deadline: On the monotonic clock; None waits forever.

        Raises:
            Closed: If the other end is gone.
            TimeoutError: If the other end does not read before the deadline.
            ProtocolError: If the frame is larger than the other end would accept.
        """
        head = json.dumps(header, separators=(",", ":")).encode()
        size = sum(map(len, payload))
        if len(head) > MAX_HEADER or size > MAX_PAYLOAD:
            raise ProtocolError(f"a frame of {len(head)} + {size} bytes is too large to send")
        if self._shared is not None and 0 < size <= shared_memory.SIZE:
            self._shared.write(payload)
            size, payload = size | _IN_SHARED_MEMORY, ()
        try:
            for part in (_LENGTHS.pack(len(head), size) + head, *payload):
                self._set_timeout(deadline)
                self._socket.sendall(part)
        except TimeoutError:
            raise
        except OSError as gone:  # the other end is closed, or this one is
            raise Closed from gone

    def receive_header(self, deadline: float | None = None) -> tuple[dict[str, Any], int, bool]:
        """Receive a frame's header.

        Returns:
            The header, the payload's size, and whether the payload is in shared memory. Both sizes
            are within their limits. Unless the size is 0, call `receive_payload` next.

        Raises:
            Closed: If the other end is gone.
            TimeoutError: If the header is not complete before the deadline.
            ProtocolError: If what arrived is not a frame.
        """
        head_size, size = _LENGTHS.unpack(self._receive_exactly(_LENGTHS.size, deadline))
        in_shared = self._shared is not None and bool(size & _IN_SHARED_MEMORY)
        if in_shared:
            size &= ~_IN_SHARED_MEMORY
        # Without shared memory the bit is left in place, and so the size is too large.
        if head_size > MAX_HEADER or size > (shared_memory.SIZE if in_shared else MAX_PAYLOAD):
            raise ProtocolError(f"a frame announces {head_size} + {size} bytes")
        return parse_header(self._receive_exactly(head_size, deadline)), size, in_shared

    def receive_payload(
        self, size: int, deadline: float | None = None, *, in_shared: bool
    ) -> bytearray:
        """Receive the payload of the frame whose header was received last.

        Raises:
            Closed: If the other end is gone.
            TimeoutError: If the payload is not complete before the deadline.
        """
        if in_shared and self._shared is not None:
            return self._shared.read(size, self.payload_type)
        return self._receive_exactly(size, deadline, self.payload_type)

    def close(self) -> None:
        """Close this end; the other end then gets `Closed`."""
        self._socket.close()
        if self._shared is not None:
            self._shared.close()
            self._shared = None

    def _receive_exactly(
        self, size: int, deadline: float | None, kind: type[bytearray] = bytearray
    ) -> bytearray:
        buffer = kind(size)
        have = min(size, len(self._read_ahead))
        buffer[:have], self._read_ahead = self._read_ahead[:have], self._read_ahead[have:]
        while have < size:
            self._set_timeout(deadline)
            try:
                if size - have < _READ_AHEAD:
                    received = self._socket.recv(_READ_AHEAD)
                    wanted = received[: size - have]
                    count = len(wanted)
                    buffer[have : have + count], self._read_ahead = wanted, received[count:]
                else:
                    count = self._socket.recv_into(memoryview(buffer)[have:])
            except TimeoutError:
                continue  # the deadline may be extended
            except OSError as gone:
                raise Closed from gone
            if count == 0:
                raise Closed
            have += count
        return buffer

    def _set_timeout(self, deadline: float | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            left = self.extend(deadline) - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def parse_header(raw: bytes | bytearray) -> dict[str, Any]:
    """Return the frame header in `raw`.

    Raises:
        ProtocolError: If it is not a JSON object.
    """
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as problem:  # also invalid UTF-8 and very long numbers
        raise ProtocolError("a frame's header is not JSON") from problem
    if not isinstance(header, dict):
        raise ProtocolError("a frame's header is not a JSON object")
    return header
