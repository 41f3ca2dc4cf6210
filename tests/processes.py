"""What a test wants to know of processes, also of those in a process table of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path


def below(pid: int) -> set[int]:
    """Return the living processes that descend from a process, as this machine numbers them."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue  # it has ended meanwhile
        if state != "Z":
            parents[int(entry.parent.name)] = int(parent)
    found, waiting = set(), [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, its in parents.items() if its == parent]
        found.update(children)
        waiting += children
    return found


def outer(pid: int, inner: int) -> int:
    """Return this machine's number of a process below `pid` that calls itself `inner`."""
    for one in below(pid):
        for line in Path(f"/proc/{one}/status").read_text().splitlines():
            if line.startswith("NSpid:") and int(line.split()[-1]) == inner:
                return one
    raise LookupError(inner)


def alive(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def end_of(pids: Collection[int], seconds: float = 5.0) -> bool:
    """Wait until none of the processes runs; the time is for a loaded machine."""
    end = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.01)
    return not any(map(alive, pids))


def folder_of(pid: int, path: str) -> Path:
    """Return a folder as a process sees it, which may have a file system of its own."""
    return Path(f"/proc/{pid}/root{path}") if os.geteuid() == 0 else Path(path)
