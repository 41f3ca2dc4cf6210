"""Grade on a cluster: submissions travel as bytes to Dask's workers, results come back as data.

What runs there is this very program: it travels along, with the assignment, in one archive. A
worker that is lost loses nothing; Dask gives what it had to others.
"""

# mypy: disable-error-code="no-untyped-call, attr-defined"
# distributed carries types in part.
from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.results.model import QuestionResult, Result, from_dict
from autograder.results.scoring import no_grade
from autograder.runners.grader_server import receive, send
from autograder.support.errors import CannotRunError, UsageError
from autograder.support.versions import alike, versions

if TYPE_CHECKING:
    from distributed import Client, Future

    from autograder.assignment.model import Assignment

_CONNECT_SECONDS = 20
_TICK = 0.2
# Submissions for each thread that are on their way at once: enough that none waits for the next,
# and a large class does not lie in the scheduler's memory.
_AHEAD = 10
_GONE = "the cluster has gone; run the same command again to go on"


@dataclass(frozen=True)
class Parcel:
    """One submission on its way."""

    student: str
    notebook: bytes
    kept: Mapping[str, QuestionResult] = field(default_factory=dict)


def run_on(
    address: str, parcels: Iterable[Parcel], assignment: Assignment, *, confine: bool = True
) -> Iterator[Result | None]:
    """Grade on the cluster whose scheduler is at `address`; yield each result when it is there.

    Yields None now and then while nothing new is there.

    Raises:
        UsageError: If there is no such scheduler, or distributed is not installed.
        CannotRunError: If the workers have other versions, or the room does not open there.
    """
    from autograder.runners.bundle import pack

    with _connected(address) as client:
        _must_have_our_versions(client.run(versions))
        course = client.submit(bytes, pack(assignment), pure=False)
        told = {"rubric": str(assignment.rubric_below), "digest": assignment.digest}
        waiting: dict[Future[Any], Parcel] = {}
        unsent = iter(parcels)

        def send_more() -> None:
            try:
                most = _AHEAD * max(1, sum(client.nthreads().values()))
            except (OSError, TimeoutError) as gone:  # between two results; it is no file's error
                raise CannotRunError(_GONE) from gone
            for parcel in islice(unsent, max(0, most - len(waiting))):  # a worker may be lost
                kept = {name: asdict(one) for name, one in parcel.kept.items()}
                asked = {**told, "confine": confine, "student": parcel.student, "kept": kept}
                future = client.submit(grade_here, course, asked, parcel.notebook, pure=False)
                waiting[future] = parcel

        try:
            yield from _results(waiting, send_more, assignment)
        finally:
            client.cancel(list(waiting))
            with suppress(OSError, TimeoutError):
                client.run(close_outposts)


def _connected(address: str) -> Client:
    try:
        from distributed import Client, Security
        from distributed.comm import connect
    except ImportError:
        raise UsageError('--dask needs Dask: pip install "dask[distributed]"') from None

    async def call() -> None:  # a Client that finds nobody complains for minutes
        told = Security().get_connection_args("client")
        comm = await connect(address, timeout=_CONNECT_SECONDS, **told)
        await comm.close()

    try:
        asyncio.run(call())
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"--dask {address}: no scheduler answers there ({error})") from None


def _must_have_our_versions(found: Mapping[str, Mapping[str, str]]) -> None:
    for worker, theirs in found.items():
        if not alike(theirs, versions()):
            raise CannotRunError(
                f"the worker {worker} has other versions, which may give other grades: "
                f"{_told(theirs)} there, {_told(versions())} here"
            )


def _told(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _results(
    waiting: dict[Future[Any], Parcel], send_more: Callable[[], None], assignment: Assignment
) -> Iterator[Result | None]:
    """Yield the results of what is on its way, as they come, and send more in their place."""
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


def _result(future: Future[Any], parcel: Parcel, assignment: Assignment) -> Result:
    from distributed import KilledWorker

    if future.status == "error":
        error = future.exception()
        if isinstance(error, KilledWorker):
            reason = "Not graded: every worker that had this submission was lost."
            return no_grade(parcel.notebook, parcel.student, assignment, "grader_error", reason)
        raise CannotRunError(f"a worker of the cluster cannot grade: {error}")
    if future.status != "finished":
        raise CannotRunError(_GONE)
    result = from_dict(future.result())
    _must_have_our_versions({"that graded": result.versions})
    return result


# What follows runs on the workers.

_outposts = threading.local()  # one for each thread that Dask grades with
_all: list[subprocess.Popen[bytes]] = []
_unpacked: dict[str, tempfile.TemporaryDirectory[str]] = {}
_lock = threading.Lock()


def grade_here(course: bytes, asked: Mapping[str, Any], notebook: bytes) -> dict[str, Any]:
    """Grade one submission with this thread's outpost, and return the result as JSON holds it."""
    for attempt in (1, 2):  # an outpost may have been closed, or killed for its memory
        outpost = _outpost(course, asked)
        assert outpost.stdin is not None
        assert outpost.stdout is not None
        with suppress(EOFError, BrokenPipeError):
            told = {"student": asked["student"], "kept": asked["kept"]}
            send(outpost.stdin, told, notebook)
            return receive(outpost.stdout)[0]
        _end(outpost)
        if attempt == 2:
            status = outpost.returncode
            raise RuntimeError(f"the grader of this worker ended with status {status}")
    raise AssertionError


def _outpost(course: bytes, asked: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """Return this thread's outpost for this assignment, started if need be."""
    key = (asked["digest"], asked["confine"])
    known: subprocess.Popen[bytes] | None = getattr(_outposts, "process", None)
    if known is not None and _outposts.key == key and known.poll() is None:
        return known
    if known is not None:
        _end(known)
    root = _home(course, asked["digest"])
    command = [
        sys.executable,
        "-m",
        "autograder.runners.grader_server",
        "--rubric",
        str(root / asked["rubric"]),
    ]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
        command if asked["confine"] else [*command, "--unconfined"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=root,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root)])},
    )
    _all.append(process)
    assert process.stdout is not None
    try:
        greeting, _ = receive(process.stdout)
    except EOFError:
        _end(process)
        raise RuntimeError(f"the grader did not start: status {process.returncode}") from None
    if not greeting["open"]:
        raise RuntimeError(greeting["why"])
    if greeting["digest"] != asked["digest"]:
        raise RuntimeError("the assignment did not arrive as it was sent")
    _outposts.process, _outposts.key = process, key
    return process


def _home(course: bytes, digest: str) -> Path:
    """Return the folder of an assignment on this worker, unpacked once."""
    with _lock:
        if digest not in _unpacked:
            folder = tempfile.TemporaryDirectory(prefix="course-")
            with zipfile.ZipFile(io.BytesIO(course)) as archive:
                archive.extractall(folder.name)  # packed by this program
            _unpacked[digest] = folder
        return Path(_unpacked[digest].name)


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            if stream is not None:
                stream.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ValueError):
        _all.remove(process)


def close_outposts() -> None:
    """End the graders of this worker; the next submission starts new ones."""
    for process in [*_all]:  # each takes itself out
        _end(process)
