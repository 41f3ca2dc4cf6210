"""The same batch on this machine and on dask clusters of one, two and four workers.

A worker has one thread. A first, small batch makes each worker fetch the course and open its room,
which a cluster does once for a class; it is told apart from what each submission costs after that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.assignment import Assignment
from benchmarks import classes
from benchmarks.peers import ROOT, environment, ours_on
from benchmarks.scale import QUESTION


def measure(
    assignment: Assignment, workers: list[int], count: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the cost of a batch with one job and two, then on each cluster: cold, and warm."""
    for jobs in (1, 2):
        with _class(assignment, count) as folder:
            yield f"{jobs} jobs/{count}", ours_on(assignment, folder, count, "--jobs", str(jobs))
    for number in workers:
        with cluster(number) as (_, address):
            with _class(assignment, number) as folder:
                cost = ours_on(assignment, folder, number, "--dask", address)
                yield f"{number} workers, cold/{number}", cost
            with _class(assignment, count) as folder:
                cost = ours_on(assignment, folder, count, "--dask", address)
                yield f"{number} workers/{count}", cost


@contextmanager
def _class(assignment: Assignment, count: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        kind = classes.single(assignment, QUESTION)
        classes.write(Path(name) / "submitted", assignment, kind, count)
        yield Path(name)


@contextmanager
def cluster(workers: int) -> Iterator[tuple[int, str]]:
    """Start a cluster of processes here; give its own process and its scheduler's address."""
    command = [sys.executable, "-m", "benchmarks.local_cluster", str(workers)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.pid, json.loads(process.stdout.readline())
        finally:
            process.stdin.close()  # which ends it
