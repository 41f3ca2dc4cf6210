"""A limit on the memory of a process."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path


def limit_memory(more: int) -> None:
    """Let this process add at most `more` bytes to its address space; do nothing without /proc.

    What exceeds it raises `MemoryError`, or torch's `RuntimeError`.
    """
    if sys.platform != "linux":
        return
    import resource  # Windows has no such module

    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize() + more
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard != resource.RLIM_INFINITY:
            size = min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))
