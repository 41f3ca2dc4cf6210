"""The command that starts a zygote."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox.confinement.plan import Plan
from autograder.sandbox.confinement.readable_paths import site_folders, standard_library

# The zygote's program. Python runs in isolated mode. What .pth files have added to its path is
# dropped, and packages are imported by a finder that knows which may be read. The garbage collector
# is off during the imports: it would find nothing in half a million new objects, and take a fifth
# of the start.
_LAUNCH = """\
import gc, sys
gc.disable()
sys.path[:] = {path!r} + {stdlib!r} + {sites!r}
from {package}.confinement.imports import use_readable_packages
use_readable_packages({sites!r}, {readable!r})
from {package}.worker.zygote import main
main()
"""


def zygote_command(
    plan: Plan, path: Sequence[Path], preload: Sequence[str], control: int
) -> list[str]:
    """Return the words that start a zygote, to be run within bubblewrap if that works here.

    Args:
        plan: How its workers are confined.
        path: Folders that submissions may import from.
        preload: Modules to import.
        control: The descriptor of its control socket.
    """
    root = Path(__file__).resolve().parents[len(__package__.split("."))]
    sites = site_folders()
    # Without confinement, submissions import whatever is installed.
    readable = plan.readable if plan.confine else [*plan.readable, *sites]
    launch = _LAUNCH.format(
        path=[*map(str, path)],
        stdlib=standard_library(),
        sites=list(dict.fromkeys([str(root), *sites])),
        readable=readable,
        package=__package__,
    )
    options = json.dumps({"preload": list(preload), "plan": plan.to_json()})
    return [sys.executable, "-I", "-c", launch, str(control), options]


def zygote_environment() -> dict[str, str]:
    """Return the zygote's environment: the grader's paths of caches and libraries, and no more."""
    kept = ("HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PYTHONHASHSEED": "0",  # the order of a student's set must not decide a grade
        "PYTHONUTF8": "1",
        "MPLBACKEND": "Agg",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
