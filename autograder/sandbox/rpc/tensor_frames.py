"""A frame's payload: the bytes of its tensors, and what its header says of them.

Nothing that a header says is believed: number, dtypes, shapes and sizes are checked before memory
is taken or a tensor is made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

MAX_PAYLOAD = 256 * 2**20  # bytes; the largest honest frame, 4,000 decoded digits, has 12.5 MB
MAX_TENSORS = 20_000  # in one frame
MAX_DIMENSIONS = 16  # of one tensor
_ALIGNED = 16  # bytes; torch reads numbers only where a multiple of their own size is

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


def fits(tensor: Tensor) -> bool:
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
    """Return the elements of a dense tensor, in order, as a flat tensor of bytes.

    It is a view of the tensor's own memory where they lie there in order.
    """
    flat = tensor.detach().resolve_conj().resolve_neg().reshape(-1)
    if flat.stride() != (1,):  # a tensor that is expanded from one element has stride 0
        flat = flat.clone(memory_format=torch.contiguous_format)
    return flat.view(torch.uint8)


def described(tensors: Sequence[Tensor]) -> list[tuple[str, list[int]]]:
    """Return dtype and shape of each tensor, for a header.

    Raises:
        WireError: If there are more than the other end would accept.
    """
    if len(tensors) > MAX_TENSORS:
        raise WireError(f"{len(tensors)} tensors are more than a frame carries")
    return [(_NAMES[tensor.dtype], list(tensor.shape)) for tensor in tensors]


def laid_out(tensors: Sequence[Tensor]) -> list[memoryview | bytes]:
    """Return what a payload consists of: each tensor's bytes, and what aligns the next."""
    parts: list[memoryview | bytes] = []
    size = 0
    for tensor in tensors:
        if not tensor.numel():
            continue
        content = as_bytes(tensor).numpy().data
        if gap := -size % _ALIGNED:
            parts.append(bytes(gap))
        parts.append(content)
        size += gap + len(content)
    return parts


def layout(coded: object, payload_size: int) -> list[tuple[torch.dtype, list[int], int]]:
    """Return dtype, shape and place of a frame's tensors, checked against its payload.

    Raises:
        WireError: If the header does not describe the payload.
    """
    if not isinstance(coded, list) or len(coded) > MAX_TENSORS:
        raise WireError("a frame does not list its tensors")
    places, end = [], 0
    for one in coded:
        dtype, shape, size = _described(one)
        place = end + -end % _ALIGNED if size else end
        places.append((dtype, shape, place))
        end = place + size
    if end != payload_size:
        raise WireError("a frame's payload is not as long as its tensors")
    return places


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


def tensor_from(raw: bytearray, dtype: torch.dtype, shape: list[int], place: int) -> Tensor:
    """Return the tensor that lies at a place of a payload, which it keeps in memory."""
    count = math.prod(shape)
    if not count:
        return torch.empty(shape, dtype=dtype)
    # A bool byte other than 0 and 1 is undefined behaviour in torch: read it as "not zero".
    kind = torch.uint8 if dtype == torch.bool else dtype
    flat = torch.frombuffer(raw, dtype=kind, count=count, offset=place)
    return (flat != 0 if dtype == torch.bool else flat).reshape(shape)
