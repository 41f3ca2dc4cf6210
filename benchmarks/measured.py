"""Run a command and measure it: wall time, processor time, and the peak memory of all it starts.

Memory is the sum of each process's proportional share (PSS), so that pages which forked processes
share count once. It is looked at every two seconds, which misses peaks that are shorter: four times
a second took a quarter of a processor from what was measured.
"""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

LOOK_EVERY = 2.0  # seconds


@dataclass(frozen=True)
class Cost:
    """What a command cost: seconds, seconds of processor, MiB at its peak; and its exit status.

    The processor's are of what it has waited for: workers in a room are not among them.
    """

    wall: float
    cpu: float
    peak: float
    status: int

    def rounded(self, count: int) -> dict[str, float]:
        """Return it as plain data, with the seconds of each of `count` submissions."""
        told = {name: round(value, 3) for name, value in asdict(self).items()}
        return {
            **told,
            "wall_each": round(self.wall / count, 3),
            "cpu_each": round(self.cpu / count, 3),
        }


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return our environment with more in it.

    Without the one thread that this process has given itself: each program decides for its own.
    """
    kept = {name: text for name, text in os.environ.items() if not name.endswith("_NUM_THREADS")}
    return {**kept, **more}


def run(command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a folder, and return what it cost; what it says goes to `said.txt` there."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, cwd=folder, env=environment(more or {}), stdout=said, stderr=said
        )
        peak = _watched(process)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, peak, process.returncode)


def _watched(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process, and return the peak of the memory of it and all that it started."""
    peak, over = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(LOOK_EVERY):
            peak = max(peak, memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    over.set()
    watcher.join()
    return peak


def memory(pid: int) -> float:
    """Return the MiB that a process and all that it started hold now."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for one in family:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:  # it has ended meanwhile, or is somebody else's
            continue
    return total / 2**20
