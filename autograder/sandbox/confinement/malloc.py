"""Make glibc keep freed memory instead of returning it to the system.

PyTorch allocates and frees megabytes for every operation on a batch. By default glibc returns each
block of more than 128 KiB to the system at once, and the system fills it with zeros when it is
requested again. That takes a tenth of the time that the checks compute.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

# The names and values of glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEEP = 2**26  # bytes kept at the top of the heap; a worker's memory limit holds all the same
_GROW_BY = 2**24  # bytes
_LARGEST_KEPT = 2**25  # bytes; larger blocks are still returned, and glibc allows no larger value


def keep_freed_memory() -> None:
    """Make this process keep freed memory; do nothing without glibc."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # musl has no mallopt
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
        mallopt(_TRIM_THRESHOLD, _KEEP)
        mallopt(_TOP_PAD, _GROW_BY)
