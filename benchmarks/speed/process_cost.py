"""Run a command and measure its wall time, processor time and peak memory. Linux only.

Memory is the sum of the proportional set sizes (PSS) of all its processes, so pages that forked
processes share count once. It is sampled every two seconds, which misses shorter peaks; sampling
four times a second took a quarter of a processor from the command.

Processor time is that of all processes that have ended and been waited for. Some parents do not
wait for their children (bubblewrap does not). So each command runs below a process that adopts
orphans: this module as a program.
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

SAMPLE_INTERVAL = 2.0  # seconds
ORPHAN_SECONDS = 10.0  # time for orphans to end before they are killed
_SET_CHILD_SUBREAPER = 36  # prctl's number for it


@dataclass(frozen=True)
class Cost:
    """The cost of a command: seconds, processor seconds, peak MiB; and its exit status."""

    wall: float
    cpu: float
    peak: float
    status: int

    def rounded(self, count: int) -> dict[str, float]:
        """Return it as plain data, with the seconds per submission for `count` submissions."""
        figures = {name: round(value, 3) for name, value in asdict(self).items()}
        return {
            **figures,
            "wall_each": round(self.wall / count, 3),
            "cpu_each": round(self.cpu / count, 3),
        }


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return our environment with more variables.

    The limit to one thread, which this process has set for itself, is left out.
    """
    kept = {name: text for name, text in os.environ.items() if not name.endswith("_NUM_THREADS")}
    return {**kept, **more}


def run(command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a folder and return its cost; its output goes to `output.txt` there."""
    above = [sys.executable, __file__, str(SAMPLE_INTERVAL), *command]
    with (folder / "output.txt").open("wb") as output:
        done = subprocess.run(  # noqa: S603 - our own commands
            above, cwd=folder, env=environment(more or {}), stdout=subprocess.PIPE, stderr=output,
            check=True,  # this module's status; the command's is part of the result
        )  # fmt: skip
    return Cost(**json.loads(done.stdout))


def measure(command: Sequence[str], interval: float) -> Cost:
    """Run a command as a child of this process; its output goes to stderr."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=sys.stderr)  # noqa: S603 - our own commands
    peak = _watched(process, interval)
    wall = time.monotonic() - start
    _, alive = psutil.wait_procs(psutil.Process().children(), ORPHAN_SECONDS)
    for one in alive:
        one.kill()
    psutil.wait_procs(alive)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, spent.ru_utime + spent.ru_stime, peak, process.returncode)


def _watched(process: subprocess.Popen[bytes], interval: float) -> float:
    """Wait for a process; return the peak memory of it and its descendants."""
    peak, over = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(interval):
            peak = max(peak, memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    over.set()
    watcher.join()
    return peak


def memory(pid: int) -> float:
    """Return the memory of a process and its descendants in MiB."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for one in family:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:  # it has ended, or belongs to another user
            continue
    return total / 2**20


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[2:], float(sys.argv[1])))))
