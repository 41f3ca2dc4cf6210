"""Run a command and measure it: wall time, processor time, and the peak memory of all it starts.

Memory is the sum of each process's proportional share (PSS), so that pages which forked processes
share count once. It is looked at every two seconds, which misses peaks that are shorter: four times
a second took a quarter of a processor from what was measured.

Processor time is that of every process that has ended and been waited for. Some are left behind by
their parents (bubblewrap does not wait for what it has started); so each command has a process
above it, this module as a program, that is given what is left behind below it. Linux only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

LOOK_EVERY = 2.0  # seconds
LEFT_BEHIND = 10.0  # seconds for what a command has left behind to end; it is ended by then
_SET_CHILD_SUBREAPER = 36  # prctl's number for it


@dataclass(frozen=True)
class Cost:
    """What a command cost: seconds, seconds of processor, MiB at its peak; and its exit status."""

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
    above = [sys.executable, __file__, str(LOOK_EVERY), *command]
    with (folder / "said.txt").open("wb") as said:
        told = subprocess.run(  # noqa: S603 - our own commands
            above, cwd=folder, env=environment(more or {}), stdout=subprocess.PIPE, stderr=said,
            check=True,  # of this module: the command's own status is among what it tells
        )  # fmt: skip
    return Cost(**json.loads(told.stdout))


def measure(command: Sequence[str], look_every: float) -> Cost:
    """Run a command as a child of this process, with what it says in stderr."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=sys.stderr)  # noqa: S603 - our own commands
    peak = _watched(process, look_every)
    wall = time.monotonic() - start
    _, alive = psutil.wait_procs(psutil.Process().children(), LEFT_BEHIND)
    for one in alive:
        one.kill()
    psutil.wait_procs(alive)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, spent.ru_utime + spent.ru_stime, peak, process.returncode)


def _watched(process: subprocess.Popen[bytes], look_every: float) -> float:
    """Wait for a process, and return the peak of the memory of it and all that it started."""
    peak, over = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(look_every):
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


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[2:], float(sys.argv[1])))))
