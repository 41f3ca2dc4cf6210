"""Let a process keep the memory that it frees, instead of asking the system for it again.

PyTorch takes and frees megabytes for every operation on a batch. glibc gives each piece of more
than 128 KiB back at once, and the system fills it with zeros when it is wanted again: a tenth of
the time of what the checks compute.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

# what glibc calls them (malloc.h), and what they are set to
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEEP = 2**26  # bytes at the top of the heap; a submission's limit of memory holds all the same
_GROW_BY = 2**24  # bytes at a time
_PIECE = 2**25  # bytes; larger ones are still taken and given back alone, and glibc allows no more


def keep_freed_memory() -> None:
    """Do it, where the C library is glibc; elsewhere nothing is changed."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # musl has no mallopt
        mallopt = ctypes.CDLL(None).mallopt
        for what, size in (
            (_MMAP_THRESHOLD, _PIECE), (_TRIM_THRESHOLD, _KEEP), (_TOP_PAD, _GROW_BY),
        ):  # fmt: skip
            mallopt(what, size)
