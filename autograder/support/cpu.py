"""The number of processors, and the number of threads per process."""

from __future__ import annotations

import os

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def use_one_thread() -> None:
    """Limit this process and its children to one thread each; call it before importing torch.

    Floating-point sums depend on the number of threads, and a process that has started thread pools
    cannot fork safely.
    """
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))


def processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
