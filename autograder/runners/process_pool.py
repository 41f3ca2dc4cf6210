"""Grade many submissions at once: one forked process each, so that no job can disturb another.

The parent has imported torch, pytest and the checks' helpers, so that a job costs only its own
work. It never starts a thread: forking beside a thread is how processes hang.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import IO, TYPE_CHECKING

from autograder.grading.grade import grade
from autograder.results.model import QuestionResult, Result, from_dict
from autograder.results.scoring import no_grade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from multiprocessing.context import ForkProcess
    from types import FrameType

    from autograder.assignment.model import Assignment
    from autograder.sandbox import Sandbox

# Every call into a student's code has a deadline of its own; this one is for a grader that hangs.
JOB_DEADLINE = 1800.0
_HASTY = 2.0  # seconds; some file systems keep times no finer
_TICK = 0.2  # how often the progress bar moves on, in seconds


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    Attributes:
        student: Whose it is.
        notebook: The submitted bytes.
        key: What the caller knows it by.
        assignment: What to grade it by, if not by what the other jobs are graded by.
        kept: What of an earlier grading of the same bytes need not be done again, by question.
        alone: The one question to grade; empty: all of them.
    """

    student: str
    notebook: bytes
    key: str = ""
    assignment: Assignment | None = None
    kept: Mapping[str, QuestionResult] = field(default_factory=dict)
    alone: str = ""


@dataclass(frozen=True)
class _Running:
    job: Job
    process: ForkProcess
    reader: Connection
    output: IO[bytes]
    start: float


def run(
    jobs: Iterable[Job], assignment: Assignment, sandbox: Sandbox, workers: int
) -> Iterator[tuple[Job, Result] | None]:
    """Grade the jobs, `workers` at a time; yield each with its result as soon as it is there.

    Yields None now and then while nothing new is there, for the caller to redraw its progress.
    A job whose process dies comes back with the status `grader_error`. When the caller stops
    early (Ctrl-C), all processes are ended.
    """
    _forget_hasty_bytecode(assignment)
    waiting = iter(jobs)  # each is asked for when there is room for it: a class may be large
    running: dict[Connection, _Running] = {}
    pressed, before = _note_ctrl_c()
    try:
        while True:
            if pressed:
                raise KeyboardInterrupt
            for following in islice(waiting, workers - len(running)):
                job = _start(following, following.assignment or assignment, sandbox)
                running[job.reader] = job
            if not running:
                break
            ready = wait(list(running), timeout=_TICK)
            for reader in [*running]:
                job = running[reader]
                overdue = time.monotonic() - job.start > JOB_DEADLINE
                if reader in ready or overdue:
                    del running[reader]
                    yield job.job, _finish(job, assignment)
            if not ready:
                yield None
    finally:
        for job in running.values():
            _end(job)
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _forget_hasty_bytecode(assignment: Assignment) -> None:
    """Remove compiled checks that were compiled in the second in which their source was changed.

    Python and pytest know a source by its size and the second of its last change: a check that was
    changed again in that second would be run as it was before, and the result say otherwise.
    """
    for folder in {assignment.visible_checks, assignment.staff_checks}:
        for source in folder.glob("*.py"):
            with contextlib.suppress(OSError):
                changed = source.stat().st_mtime
                for compiled in (folder / "__pycache__").glob(f"{source.stem}.*.pyc"):
                    if compiled.stat().st_mtime < changed + _HASTY:
                        compiled.unlink()


def _note_ctrl_c() -> tuple[list[int], Callable[[int, FrameType | None], object] | int | None]:
    """Let Ctrl-C be written down, to be asked for; return the list, and what was done before.

    Python would lose the exception where it comes in the middle of a fork: in what modules have
    asked to be called then, exceptions are printed and forgotten.
    """
    pressed: list[int] = []
    try:
        return pressed, signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    except ValueError:  # not in the main thread, where nobody hears signals
        return pressed, None


def _start(job: Job, assignment: Assignment, sandbox: Sandbox) -> _Running:
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the job
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # or the child would write what is buffered once more
    process = context.Process(
        target=_work, args=(job, assignment, sandbox, writer, output.fileno(), os.getpid())
    )
    process.start()
    writer.close()
    return _Running(job, process, reader, output, time.monotonic())


def _work(
    job: Job, assignment: Assignment, sandbox: Sandbox, writer: Connection, output: int, parent: int
) -> None:
    """Grade one job in a process of its own and send the result up."""
    _die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(output, number)
        setattr(sys, name, os.fdopen(number, "w", closefd=False, buffering=1))
    result = grade(job.notebook, job.student, assignment, sandbox, job.kept, job.alone)
    writer.send_bytes(result.to_json().encode())
    writer.close()
    sys.stdout.flush()
    os._exit(0)  # nothing of the parent's may be cleaned up here


def _die_with(parent: int) -> None:
    """Ask Linux to end this process when its parent dies, even by kill -9."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)


def _finish(job: _Running, assignment: Assignment) -> Result:
    """Return a job's result, or a verdict on its process if it sent none."""
    reason = f"It did not end within {JOB_DEADLINE:.0f} s"
    with contextlib.suppress(EOFError, OSError):
        if job.reader.poll():
            result = from_dict(json.loads(job.reader.recv_bytes()))
            _end(job, grace=5.0)
            return result
    job.process.join(timeout=0.5)
    if job.process.exitcode is not None:
        reason = f"Its process ended with status {job.process.exitcode}"
    reason = f"Not graded: the grader failed on this submission. {reason}{_last_words(job)}"
    _end(job)
    return no_grade(job.job.notebook, job.job.student, assignment, "grader_error", reason)


def _last_words(job: _Running) -> str:
    """Return the last line that the job's process wrote, for the message."""
    job.output.seek(0)
    lines = job.output.read().decode(errors="replace").strip().splitlines()
    return f": {lines[-1][:300]}" if lines else "."


def _end(job: _Running, grace: float = 0.0) -> None:
    """Make sure that a job's process is gone and its pipe closed."""
    job.process.join(timeout=grace)
    if job.process.is_alive():
        job.process.kill()
        job.process.join()
    job.process.close()
    job.reader.close()
    job.output.close()
