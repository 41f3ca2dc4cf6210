"""Settings that hold for a whole process, which answers may change and leave changed."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

# Each is read by the first function and set by the second one.
_SETTINGS: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "gradients": (torch.is_grad_enabled, torch.set_grad_enabled),
    "dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "device": (torch.get_default_device, torch.set_default_device),
    "determinism": (
        torch.get_deterministic_debug_mode,
        torch.set_deterministic_debug_mode,
    ),
    "fill": (
        lambda: torch.utils.deterministic.fill_uninitialized_memory,  # type: ignore[attr-defined]
        lambda on: setattr(torch.utils.deterministic, "fill_uninitialized_memory", on),
    ),
    "threads": (torch.get_num_threads, torch.set_num_threads),
    "precision": (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
    "anomalies": (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    "autocast": (
        lambda: torch.is_autocast_enabled("cpu"),
        lambda on: torch.set_autocast_enabled("cpu", on),
    ),
    "numpy errors": (np.geterr, lambda found: np.seterr(**found)),
    "recursion": (sys.getrecursionlimit, sys.setrecursionlimit),
    "switches": (sys.getswitchinterval, sys.setswitchinterval),
    "tracing": (sys.gettrace, sys.settrace),
    "profiling": (sys.getprofile, sys.setprofile),
    "new threads' tracing": (threading.gettrace, threading.settrace),
    "garbage collection": (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    "timer": (lambda: (0.0, 0.0), lambda none: signal.setitimer(signal.ITIMER_REAL, *none)),
    "folder": (os.getcwd, os.chdir),
    "environment": (
        lambda: dict(os.environ),
        lambda found: [os.environ.clear(), os.environ.update(found)],  # type: ignore[func-returns-value]
    ),
    "warnings": (
        lambda: list(warnings.filters),
        lambda found: setattr(warnings, "filters", found),
    ),
}


class Settings:
    """The settings of this process at the time when this is made."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}
        for name, (get, _) in _SETTINGS.items():
            # The code that ran before may have replaced or removed anything.
            with contextlib.suppress(Exception):
                self._found[name] = get()

    def restore(self) -> None:
        """Set what has changed since; leave what cannot be set."""
        for name, found in self._found.items():
            get, set_again = _SETTINGS[name]
            with contextlib.suppress(Exception):
                if get() != found or name == "timer":
                    set_again(found)
        torch.set_flush_denormal(False)
