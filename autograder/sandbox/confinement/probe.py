"""Try each layer of confinement from inside: a layer counts only if it has been seen to hold."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox.confinement import lockdown
from autograder.sandbox.confinement.plan import Plan
from autograder.sandbox.confinement.remove_tree import remove_tree


def probe(plan: Plan) -> list[str]:
    """Fork a process, confine it like a worker, and return the names of the layers that hold it."""
    home = Path(plan.scratch) / "0"
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            lockdown.confine_worker(plan, home)
            os.write(write_end, " ".join(_layers_that_hold(plan)).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as end:
        layers = end.read().decode().split()
    os.waitpid(child, 0)
    remove_tree(home)
    return layers


def _layers_that_hold(plan: Plan) -> list[str]:
    status = Path("/proc/self/status").read_text()
    layers = {
        "bubblewrap": plan.in_bubblewrap and _is_alone(),
        "unprivileged": "CapEff:\t0000000000000000" in status,
        "rlimits": resource.getrlimit(resource.RLIMIT_CORE) == (0, 0),
        "no_new_privs": "NoNewPrivs:\t1" in status,
        "landlock": _is_refused((Path(plan.scratch) / "probe").mkdir, errno.EACCES),
        "seccomp": "Seccomp:\t2" in status and _is_refused(socket.socket, errno.EPERM),
    }
    return [layer for layer, holds in layers.items() if holds]


def _is_alone() -> bool:
    """Return whether this process sees only a loopback network, and few processes."""
    with contextlib.suppress(OSError):
        devices = Path("/proc/net/dev").read_text().splitlines()[2:]
        names = [line.partition(":")[0].strip() for line in devices]
        return names in ([], ["lo"]) and os.getpid() < 100
    return False


def _is_refused(attempt: Callable[[], object], error_number: int) -> bool:
    try:
        attempt()
    except OSError as refused:
        return refused.errno == error_number
    return False
