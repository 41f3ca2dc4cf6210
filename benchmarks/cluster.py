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
from benchmarks.peers import ROOT, ours_on
from benchmarks.scale import QUESTION

CLUSTER = """
import json, sys, tempfile
import dask
from distributed import LocalCluster
if __name__ == "__main__":
    dask.config.set({{"distributed.worker.daemon": False}})
    with tempfile.TemporaryDirectory() as folder, LocalCluster(
        n_workers={workers}, threads_per_worker=1, dashboard_address=None, local_directory=folder,
        host="127.0.0.1",
    ) as cluster:
        print(json.dumps(cluster.scheduler_address), flush=True)
        sys.stdin.read()
"""


def measure(
    assignment: Assignment, workers: list[int], count: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the cost of a batch with one job and two, then on each cluster: cold, and warm."""
    for jobs in (1, 2):
        with _class(assignment, count) as folder:
            yield f"{jobs} jobs/{count}", ours_on(assignment, folder, count, "--jobs", str(jobs))
    for number in workers:
        with cluster(number) as address:
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
def cluster(workers: int) -> Iterator[str]:
    """Start a cluster of processes on this machine, and give its scheduler's address."""
    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "cluster.py"
        script.write_text(CLUSTER.format(workers=workers))
        process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, str(script)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()  # which ends it
            process.wait()
