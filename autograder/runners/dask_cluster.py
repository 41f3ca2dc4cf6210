"""Grade on a Dask cluster: submissions are sent to the workers as bytes, results return as data.

The program and the assignment are sent too, as one bundle, so that every worker grades with the
same files. If a worker is lost, Dask sends its tasks to others.
"""

# mypy: disable-error-code="no-untyped-call, attr-defined"
# distributed is only partly typed.
from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.results.files import from_dict
from autograder.results.model import Result
from autograder.results.scoring import uniform_result
from autograder.runners.grader_server import send_json
from autograder.support.errors import CannotRunError, UsageError
from autograder.support.scratch import ScratchFolder
from autograder.support.versions import same_grades, versions

if TYPE_CHECKING:
    from distributed import Client, Future

    from autograder.assignment.model import Assignment
    from autograder.notebooks.submitted_file import Submitted
    from autograder.runners.submissions import GradingTask

_CONNECT_SECONDS = 20
_TICK = 0.2  # seconds between two polls
# Submissions per worker thread that are sent ahead: enough that no thread waits for its next one,
# and few enough that a large class does not fill the scheduler's memory.
_AHEAD = 10
_LOST = "the connection to the cluster was lost; run the same command again to go on"


def run_on(
    address: str, tasks: Iterable[GradingTask], assignment: Assignment, *, confine: bool = True
) -> Iterator[Result | None]:
    """Grade on the cluster whose scheduler is at `address`; yield each result when it arrives.

    Yields None several times a second while nothing arrives.

    Raises:
        UsageError: If no scheduler answers, or distributed is not installed.
        CannotRunError: If the workers have other versions, or the sandbox does not start there.
    """
    from autograder.runners.bundle import pack

    with _connected(address) as client:
        _require_our_versions(client.run(versions))
        bundle = client.submit(bytes, pack(assignment), pure=False)
        common = {"rubric": str(assignment.relative_rubric), "digest": assignment.digest}
        waiting: dict[Future[Any], GradingTask] = {}
        unsent = iter(tasks)

        def send_more() -> None:
            try:
                most = _AHEAD * max(1, sum(client.nthreads().values()))
            except (OSError, TimeoutError) as gone:
                # Not an OSError: the caller takes those for results that it cannot write.
                raise CannotRunError(_LOST) from gone
            # `most` shrinks when a worker is lost.
            for task in islice(unsent, max(0, most - len(waiting))):
                kept = {name: asdict(one) for name, one in task.kept.items()}
                request = {**common, "confine": confine, "student": task.student, "kept": kept}
                future = client.submit(grade_here, bundle, request, task.notebook, pure=False)
                waiting[future] = task

        try:
            yield from _results(waiting, send_more, assignment)
        finally:
            client.cancel(list(waiting))
            with suppress(OSError, TimeoutError):
                client.run(close_servers)


def _connected(address: str) -> Client:
    try:
        from distributed import Client, Security
        from distributed.comm import connect
    except ImportError:
        raise UsageError('--dask needs Dask: pip install "dask[distributed]"') from None

    async def probe() -> None:
        # A Client that reaches no scheduler logs errors for minutes, so ask with one connection.
        security = Security().get_connection_args("client")
        comm = await connect(address, timeout=_CONNECT_SECONDS, **security)
        await comm.close()

    try:
        asyncio.run(probe())
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"--dask {address}: no scheduler answers there ({error})") from None


def _require_our_versions(found: Mapping[str, Mapping[str, str]]) -> None:
    for worker, theirs in found.items():
        if not same_grades(theirs, versions()):
            raise CannotRunError(
                f"the worker {worker} has other versions, which may give other grades: "
                f"{_listed(theirs)} there, {_listed(versions())} here"
            )


def _listed(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _results(
    waiting: dict[Future[Any], GradingTask], send_more: Callable[[], None], assignment: Assignment
) -> Iterator[Result | None]:
    """Yield results as they arrive, and send more tasks in their place."""
    send_more()
    while waiting:
        done = [future for future in waiting if future.done()]
        for future in done:
            yield _result(future, waiting.pop(future), assignment)
        if done:
            send_more()
        else:
            time.sleep(_TICK)
            yield None


def _result(future: Future[Any], task: GradingTask, assignment: Assignment) -> Result:
    from distributed import KilledWorker

    if future.status == "error":
        error = future.exception()
        if isinstance(error, KilledWorker):
            reason = "Not graded: every worker that had this submission was lost."
            return uniform_result(task.notebook, task.student, assignment, "grader_error", reason)
        raise CannotRunError(f"a worker of the cluster cannot grade: {error}")
    if future.status != "finished":
        raise CannotRunError(_LOST)
    result = from_dict(future.result())
    _require_our_versions({"that graded": result.versions})
    return result


# Everything below runs on the workers.


@dataclass(frozen=True)
class _Server:
    """A grader server: its process, and our end of the connection to it."""

    process: subprocess.Popen[bytes]
    connection: Connection
    digest: str
    confine: bool


_of_thread = threading.local()  # each thread of a Dask worker has its own grader server
_servers: list[_Server] = []
_unpacked: dict[str, ScratchFolder] = {}
_lock = threading.Lock()


def grade_here(bundle: bytes, request: Mapping[str, Any], notebook: Submitted) -> dict[str, Any]:
    """Grade one submission with this thread's grader server; return the result as JSON data."""
    for attempt in (1, 2):  # the server may have been closed, or killed for its memory
        server = _server(bundle, request)
        with suppress(EOFError, OSError):
            files = {"": notebook} if isinstance(notebook, bytes) else notebook
            asked = {name: request[name] for name in ("student", "kept")}
            send_json(server.connection, asked | {"notebooks": [*files]})
            for data in files.values():
                server.connection.send_bytes(data)
            result: dict[str, Any] = json.loads(server.connection.recv_bytes())
            return result
        _end(server)
        if attempt == 2:
            status = server.process.returncode
            raise RuntimeError(f"the grader server ended with status {status}")
    raise AssertionError


def _server(bundle: bytes, request: Mapping[str, Any]) -> _Server:
    """Return this thread's grader server for the requested assignment; start it if necessary."""
    known: _Server | None = getattr(_of_thread, "server", None)
    if known is not None:
        same = (known.digest, known.confine) == (request["digest"], request["confine"])
        if same and known.process.poll() is None:
            return known
        _end(known)
    root = _unpack(bundle, request["digest"])
    command = [sys.executable, "-P", "-m", "autograder.runners.grader_server"]
    command += ["--rubric", str(root / request["rubric"])]
    ours, theirs = Pipe()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
        command if request["confine"] else [*command, "--unconfined"],
        stdin=theirs.fileno(),
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    theirs.close()
    server = _Server(process, ours, request["digest"], request["confine"])
    _servers.append(server)
    try:
        greeting = json.loads(ours.recv_bytes())
    except (EOFError, OSError):
        _end(server)
        raise RuntimeError(
            f"the grader server did not start; it ended with status {process.returncode}"
        ) from None
    if not greeting["open"]:
        raise RuntimeError(greeting["why"])
    if greeting["digest"] != request["digest"]:
        raise RuntimeError("the assignment on the worker differs from the one that was sent")
    _of_thread.server = server
    return server


def _unpack(bundle: bytes, digest: str) -> Path:
    """Return the folder of an assignment on this worker; unpack the bundle at first use."""
    with _lock:
        if digest not in _unpacked:
            folder = ScratchFolder("course", shutil.rmtree)
            with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
                archive.extractall(folder.path)  # trusted: made by `pack`
            _unpacked[digest] = folder
        return _unpacked[digest].path


def _end(server: _Server) -> None:
    server.connection.close()
    try:
        server.process.wait(5)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
    with suppress(ValueError):
        _servers.remove(server)


def close_servers() -> None:
    """End this worker's grader servers; the next submission starts new ones."""
    for server in [*_servers]:  # a copy: `_end` removes each from the list
        _end(server)
