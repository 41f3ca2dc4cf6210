"""Memory that a grader shares with one worker, so that tensors need not go through a socket.

Each end writes on its own half, says in a frame how much lies there, and waits for the answer; the
other end copies it out before it looks at it. So what a worker may write there at any moment, its
own half or the other, is as good as any other bytes that it may send. Where the system has no such
memory, or a frame is larger than a half, everything goes through the socket.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Sequence

# A half: 2,600 images of 28 x 28 pixels, or a model of 2 million parameters. Memory is taken only
# where something has been written.
SIZE = 8 * 2**20


class SharedMemory:
    """One end of the shared memory.

    Args:
        descriptor: The memory, as `make` gives it; it can be closed once this is made.
        grader: Whether this is the grader's end, which writes on the first half.
    """

    def __init__(self, descriptor: int, *, grader: bool) -> None:
        self._memory = mmap.mmap(descriptor, 2 * SIZE)
        self._mine, self._other = (0, SIZE) if grader else (SIZE, 0)

    def put(self, parts: Sequence[memoryview | bytes]) -> None:
        """Put bytes on this end's half, one part after the other; they must fit."""
        place = self._mine
        for part in parts:
            self._memory[place : place + len(part)] = part
            place += len(part)

    def take(self, size: int) -> bytearray:
        """Return a copy of the first bytes of the other end's half."""
        with memoryview(self._memory) as view:
            return bytearray(view[self._other : self._other + size])

    def close(self) -> None:
        """Give this end's hold on the memory back."""
        self._memory.close()


def make() -> int | None:
    """Return a descriptor of fresh memory that nobody can make larger or smaller; None without.

    (Whoever made it smaller would end the other end with SIGBUS.)
    """
    if sys.platform != "linux":
        return None
    import fcntl  # here, for Windows has none

    descriptor = os.memfd_create("shared-memory", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, 2 * SIZE)
    fcntl.fcntl(
        descriptor,
        fcntl.F_ADD_SEALS,
        fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL,
    )
    return descriptor
