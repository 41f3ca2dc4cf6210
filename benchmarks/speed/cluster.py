"""Grade the same class on this machine and on Dask clusters of one, two and four workers.

A worker has one thread. Each way first grades as many submissions as it has workers, which measures
the cost of starting: for each command, a cluster's workers fetch the course and start their
sandboxes. What the class takes beyond that is the submissions' own time. For a cluster, two more
figures are measured: the scheduler's processor seconds, and the bytes that cross this machine's
loopback between the command, the scheduler and the workers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from autograder.assignment.model import Assignment
from benchmarks import ROOT
from benchmarks.speed import classes
from benchmarks.speed.graders import environment, ours_on
from benchmarks.speed.scale import QUESTION


def measure(
    assignment: Assignment, workers: list[int], count: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the cost of starting and of a class, with one job and two, then on each cluster."""
    for jobs in (1, 2):
        for size in (jobs, count):
            with _class(assignment, size) as folder:
                cost = ours_on(assignment, folder, size, "--jobs", str(jobs))
                yield _way(jobs, "job", size, count), cost
    for number in workers:
        with cluster(number) as (pid, address):
            for size in (number, count):
                with _class(assignment, size) as folder:
                    before, sent = _processor(pid), _sent()
                    cost = ours_on(assignment, folder, size, "--dask", address)
                    cost["scheduler"] = round(_processor(pid) - before, 3)
                    cost["bytes"] = _sent() - sent
                    yield _way(number, "worker", size, count), cost


def _way(number: int, what: str, size: int, count: int) -> str:
    name = f"{number} {what}" + ("s" if number > 1 else "")
    return f"{name}/{size}" if size == count else f"{name}, start/{size}"


def _processor(pid: int) -> float:
    """Return the processor seconds of the scheduler's process, without its workers."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _sent() -> int:
    """Return the number of bytes that have crossed the loopback so far."""
    return int(psutil.net_io_counters(pernic=True)["lo"].bytes_sent)


@contextmanager
def _class(assignment: Assignment, count: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        kind = classes.single(assignment, QUESTION)
        classes.write(Path(name) / "submitted", assignment, kind, count)
        yield Path(name)


@contextmanager
def cluster(workers: int) -> Iterator[tuple[int, str]]:
    """Start a cluster on this machine; yield its process id and its scheduler's address."""
    command = [sys.executable, "-m", "benchmarks.speed.local_cluster", str(workers)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.pid, json.loads(process.stdout.readline())
        finally:
            process.stdin.close()  # ends it
