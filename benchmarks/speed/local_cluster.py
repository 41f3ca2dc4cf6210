"""Run a Dask cluster on this machine: `python -m benchmarks.speed.local_cluster 2`.

Prints the scheduler's address as one line of JSON, and ends when its stdin is closed. It needs a
process of its own: it has many threads, and the processes that use it fork.
"""

# mypy: disable-error-code="no-untyped-call"
# distributed is only partly typed.
from __future__ import annotations

import json
import sys
import tempfile

if __name__ == "__main__":
    import dask
    from distributed import LocalCluster

    dask.config.set({"distributed.worker.daemon": False})
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True,
            dashboard_address=None, local_directory=folder, host="127.0.0.1",
        ) as cluster,
    ):  # fmt: skip
        print(json.dumps(cluster.scheduler_address), flush=True)
        sys.stdin.read()
