"""What holds a worker in its room. Each layer says whether it holds; none is assumed.

So far: limits on memory and core dumps, and no file of the grader's in reach by accident (an empty
environment, a home of the worker's own). The kernel's walls are to stand here as well.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

MEMORY = 2 * 2**30  # bytes beyond what the zygote has: a ConvVAE's training needs about 0.2 GiB


def prepare() -> list[str]:
    """Probe, in the zygote, which layers hold; return their names."""
    return ["rlimits"] if _address_space() else []


def enter() -> None:
    """Confine this process; called in every worker before any of a student's code."""
    size = _address_space()
    if size:
        limit = size + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    scratch = str(Path(os.environ["ROOM_SCRATCH"]) / str(os.getpid()))
    Path(scratch).mkdir()
    os.chdir(scratch)
    os.environ.clear()
    os.environ.update(HOME=scratch, TMPDIR=scratch, PATH="/usr/bin:/bin", OMP_NUM_THREADS="1")


def _address_space() -> int:
    """Return the size of this process in bytes, or 0 where /proc cannot tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()
