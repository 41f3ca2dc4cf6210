"""Inspect processes, including those with a process table (PID namespace) of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path

NAP = 0.01  # seconds


def below(pid: int) -> set[int]:
    """Return the pids, on the host, of all running descendants of a process."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue  # the process has ended since
        if state != "Z":
            parents[int(entry.parent.name)] = int(parent)
    found, waiting = set(), [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, of in parents.items() if of == parent]
        found.update(children)
        waiting += children
    return found


def outer(pid: int, inner: int) -> int:
    """Return the host's pid of the descendant of `pid` whose own pid is `inner`."""
    for one in below(pid):
        for line in Path(f"/proc/{one}/status").read_text().splitlines():
            if line.startswith("NSpid:") and int(line.split()[-1]) == inner:
                return one
    raise LookupError(inner)


def alive(pid: int) -> bool:
    """Return whether a process is running; a zombie is not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def end_of(pids: Collection[int], seconds: float = 5.0) -> bool:
    """Wait until none of the processes is running; return whether they have ended.

    The default timeout is for a loaded machine. Naps are counted, not the time: while a virtual
    machine is suspended, the processes cannot end either.
    """
    for _ in range(round(seconds / NAP)):
        if not any(map(alive, pids)):
            return True
        time.sleep(NAP)
    return not any(map(alive, pids))


def folder_of(pid: int, path: str) -> Path:
    """Return the host's path of a folder that a process sees in its own file system."""
    return Path(f"/proc/{pid}/root{path}") if os.geteuid() == 0 else Path(path)
