"""A cluster of worker processes: `python -m benchmarks.speed.local_cluster 2`.

It says, as one line of JSON, the scheduler's address; closing its stdin ends it. A process of its
own, for it is full of threads, and pytest's process forks.
"""

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
