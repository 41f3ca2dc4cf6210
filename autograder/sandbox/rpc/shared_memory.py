"""Memory that a grader shares with one worker, so that tensors need not go through a socket.

Each end writes to its own half, sends a frame that says how many bytes are there, and waits for the
answer; the other end copies them before it looks at them. A worker may write to either half at any
moment, but gains nothing by it: it may send any bytes anyway. Where the system has no such memory,
or a payload is larger than a half, the payload goes through the socket.

This module must not import torch; see `framing`.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Sequence

# Bytes of a half: 2,600 images of 28 x 28 pixels, or a model of 2 million parameters. The system
# allocates only pages that have been written to.
SIZE = 8 * 2**20


class SharedMemory:
    """One end of the shared memory.

    Args:
        descriptor: The memory, from `create`; it can be closed once this object exists.
        grader: Whether this is the grader's end, which writes to the first half.
    """

    def __init__(self, descriptor: int, *, grader: bool) -> None:
        self._memory = mmap.mmap(descriptor, 2 * SIZE)
        self._own_half, self._other_half = (0, SIZE) if grader else (SIZE, 0)

    def write(self, parts: Sequence[memoryview | bytes]) -> None:
        """Write parts to this end's half, one after the other; they must fit."""
        offset = self._own_half
        for part in parts:
            self._memory[offset : offset + len(part)] = part
            offset += len(part)

    def read(self, size: int, kind: type[bytearray] = bytearray) -> bytearray:
        """Return a copy of the first `size` bytes of the other end's half."""
        with memoryview(self._memory) as view:
            return kind(view[self._other_half : self._other_half + size])

    def close(self) -> None:
        """Release this end's mapping of the memory."""
        self._memory.close()


def create() -> int | None:
    """Return a descriptor of new memory whose size is sealed, or None if the system has none.

    Sealed, because whoever made it smaller would end the other process with SIGBUS.
    """
    if sys.platform != "linux":
        return None
    import fcntl  # Windows has no such module

    descriptor = os.memfd_create("shared-memory", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, 2 * SIZE)
    fcntl.fcntl(
        descriptor,
        fcntl.F_ADD_SEALS,
        fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL,
    )
    return descriptor
