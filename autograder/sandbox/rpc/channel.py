"""Frames that carry tensors.

The header lists dtype and shape of each tensor under `tensors`; the payload is their bytes, one
tensor after the other, each at a multiple of 16 bytes. The header is not trusted: number, dtypes,
shapes and sizes are checked before memory is allocated or a tensor is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.sandbox.rpc.codec import DTYPE_NAMES, DTYPES, MAX_DIMENSIONS, Received, as_bytes
from autograder.sandbox.rpc.framing import MAX_PAYLOAD, FrameSocket, ProtocolError

MAX_TENSORS = 20_000  # per frame
_ALIGNMENT = 16  # bytes; torch requires numbers at multiples of their own size


class Channel(FrameSocket):
    """Sends and receives frames that carry tensors.

    Attributes:
        admit: Called with a frame's header and the size of its payload before memory is allocated
            for the payload. It refuses a frame by raising an exception.
    """

    admit: Callable[[dict[str, Any], int], None] | None = None

    def send(
        self, header: dict[str, Any], tensors: Sequence[Tensor], deadline: float | None = None
    ) -> None:
        """Send one frame.

        Args:
            header: A JSON object; the key `tensors` is set here.
            tensors: Tensors for which `codec.is_sendable` holds.
            deadline: On the monotonic clock; None waits forever.

        Raises:
            Closed: If the other end is gone.
            TimeoutError: If the other end does not read before the deadline.
            ProtocolError: If the frame is larger than the other end would accept.
        """
        if len(tensors) > MAX_TENSORS:
            raise ProtocolError(f"a frame of {len(tensors):,} tensors is too large to send")
        header["tensors"] = [(DTYPE_NAMES[one.dtype], list(one.shape)) for one in tensors]
        self.send_frame(header, _payload(tensors), deadline)

    def receive(self, deadline: float | None = None) -> tuple[dict[str, Any], Received]:
        """Receive one frame and check it.

        Raises:
            Closed: If the other end is gone.
            TimeoutError: If no whole frame arrives before the deadline.
            ProtocolError: If what arrived is not a frame.
        """
        header, size, in_shared = self.receive_header(deadline)
        layout = _layout(header.pop("tensors", None), size)
        if self.admit is not None:
            self.admit(header, size)
        if not layout:
            return header, Received()
        payload = self.receive_payload(size, deadline, in_shared=in_shared)
        return header, Received(_tensor_from(payload, *place) for place in layout)


def _payload(tensors: Sequence[Tensor]) -> list[memoryview | bytes]:
    """Return the parts of a payload: each tensor's bytes, and the padding that aligns the next."""
    parts: list[memoryview | bytes] = []
    size = 0
    for tensor in tensors:
        if not tensor.numel():
            continue
        content = as_bytes(tensor).numpy().data
        if padding := -size % _ALIGNMENT:
            parts.append(bytes(padding))
        parts.append(content)
        size += padding + len(content)
    return parts


def _layout(coded: object, payload_size: int) -> list[tuple[torch.dtype, list[int], int]]:
    """Return dtype, shape and offset of a frame's tensors, checked against its payload's size.

    Raises:
        ProtocolError: If the header does not describe the payload.
    """
    if not isinstance(coded, list) or len(coded) > MAX_TENSORS:
        raise ProtocolError("a frame does not list its tensors")
    layout, end = [], 0
    for one in coded:
        dtype, shape, size = _described(one)
        offset = end + -end % _ALIGNMENT if size else end
        layout.append((dtype, shape, offset))
        end = offset + size
    if end != payload_size:
        raise ProtocolError("a frame's payload and its tensors differ in size")
    return layout


def _described(coded: object) -> tuple[torch.dtype, list[int], int]:
    """Return dtype, shape and size in bytes of a tensor that a header describes."""
    match coded:
        case [str(name), list(shape)] if name in DTYPES and len(shape) <= MAX_DIMENSIONS:
            if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
                raise ProtocolError("a tensor has an impossible shape")
            dtype = DTYPES[name]
            # An empty tensor may still have one enormous dimension; torch would overflow on it.
            if math.prod(max(n, 1) for n in shape) * dtype.itemsize > MAX_PAYLOAD:
                raise ProtocolError(f"a tensor has more than {MAX_PAYLOAD:,} bytes")
            return dtype, shape, math.prod(shape) * dtype.itemsize
    raise ProtocolError("a tensor is described in an unknown form or has an unknown dtype")


def _tensor_from(raw: bytearray, dtype: torch.dtype, shape: list[int], offset: int) -> Tensor:
    """Return the tensor at an offset of a payload; it keeps the payload in memory."""
    count = math.prod(shape)
    if not count:
        return torch.empty(shape, dtype=dtype)
    # A bool byte other than 0 and 1 is undefined behaviour in torch: read it as "not zero".
    kind = torch.uint8 if dtype == torch.bool else dtype
    flat = torch.frombuffer(raw, dtype=kind, count=count, offset=offset)
    if dtype == torch.bool:
        flat = flat.ne_(0).view(torch.bool)  # in place: a copy would not count as held
    return flat.reshape(shape)
