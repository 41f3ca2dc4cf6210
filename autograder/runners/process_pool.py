"""Grade many submissions in parallel, each in a forked process of its own.

The parent has imported torch, pytest and the checks' helpers, so a task costs only its own work.
The parent must never start a thread: forking a process that has threads can deadlock the child.
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
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import IO, TYPE_CHECKING

from rich.console import Console

from autograder.grading.grade import grade
from autograder.results.files import from_dict
from autograder.results.model import Result
from autograder.results.scoring import uniform_result
from autograder.sandbox.sandbox import SandboxError
from autograder.support.errors import CannotRunError
from autograder.support.memory import limit_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from multiprocessing.context import ForkProcess
    from types import FrameType

    from autograder.assignment.model import Assignment
    from autograder.runners.submissions import GradingTask
    from autograder.sandbox import Sandbox

# Bytes of address space that a job may add after its fork. It starts with about 3 GiB, most of
# which it never uses. An honest submission adds 150 MiB, and its answers may make the grader keep
# 512 MiB (`framing.MAX_HELD`) and compute with it.
JOB_MEMORY = 2 * 2**30
_TIMESTAMP_PRECISION = 2.0  # seconds; the coarsest that file systems have
_TICK = 0.2  # seconds between two updates of the progress bar


@dataclass(frozen=True)
class _Running:
    """A job.

    Attributes:
        task: What it grades.
        process: The forked process.
        reader: Where its result arrives.
        output: What it prints.
        start: When it was started, on the monotonic clock.
        zygote: The process id of the sandbox that it uses.
    """

    task: GradingTask
    process: ForkProcess
    reader: Connection
    output: IO[bytes]
    start: float
    zygote: int


def run(
    tasks: Iterable[GradingTask], assignment: Assignment, sandbox: Sandbox, workers: int
) -> Iterator[tuple[GradingTask, Result] | None]:
    """Grade the tasks, `workers` at a time; yield each with its result as soon as it is done.

    Yields None several times a second while nothing is done, so that the caller can redraw its
    progress bar. A task whose process is killed, by the system when memory is short, is graded once
    more when all others are done, alone. A task whose process dies again, or fails otherwise, gets
    a result with the status `grader_error`. If the sandbox ends, it is started again. When the
    caller stops early, or on Ctrl-C, all processes are killed.

    Raises:
        CannotRunError: If the sandbox has ended and does not start again.
    """
    _remove_ambiguous_bytecode(assignment)
    killed: list[GradingTask] = []
    yield from _run(tasks, assignment, sandbox, workers, killed)
    for task in killed:
        yield from _run([task], assignment, sandbox, 1)


def _run(
    tasks: Iterable[GradingTask],
    assignment: Assignment,
    sandbox: Sandbox,
    workers: int,
    killed: list[GradingTask] | None = None,
) -> Iterator[tuple[GradingTask, Result] | None]:
    """Grade the tasks as `run`; append those that are to be tried once more to `killed`."""
    waiting = iter(tasks)  # consumed as workers become free: a class may not fit into memory
    running: dict[Connection, _Running] = {}
    pressed, earlier_handler = _record_ctrl_c()
    try:
        while True:
            if pressed:
                raise KeyboardInterrupt
            for task in islice(waiting, workers - len(running)):
                started = _start(task, task.assignment or assignment, sandbox)
                running[started.reader] = started
            if not running:
                break
            ready = wait(list(running), timeout=_TICK)
            for reader in _done(running, ready, assignment):
                one = running.pop(reader)
                result = _finish(one, sandbox, assignment, killed)
                if result is not None:
                    yield one.task, result
            if not ready:
                yield None
    finally:
        for one in running.values():
            _end(one)
        if earlier_handler is not None:
            signal.signal(signal.SIGINT, earlier_handler)


def _remove_ambiguous_bytecode(assignment: Assignment) -> None:
    """Remove bytecode of check files that was written within seconds of a change of its source.

    Python recognizes a changed source by its size and by its modification time in seconds. A check
    file that is changed twice within a second would be run from the bytecode of its first version.
    """
    for folder in {assignment.visible_checks, assignment.staff_checks}:
        for source in folder.rglob("*.py"):
            with contextlib.suppress(OSError):
                changed = source.stat().st_mtime
                for compiled in (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"):
                    if compiled.stat().st_mtime < changed + _TIMESTAMP_PRECISION:
                        compiled.unlink()


def _record_ctrl_c() -> tuple[list[int], Callable[[int, FrameType | None], object] | int | None]:
    """Install a SIGINT handler that only records; return its record and the earlier handler.

    Python's own handler raises KeyboardInterrupt at any point. Within a fork, in the callbacks
    that modules register for it, that exception would be printed and lost.
    """
    pressed: list[int] = []
    try:
        return pressed, signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    except ValueError:  # not the main thread, which alone receives signals
        return pressed, None


def _start(task: GradingTask, assignment: Assignment, sandbox: Sandbox) -> _Running:
    if sandbox.has_ended:
        _reopen(sandbox)
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the task
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # otherwise the child writes the buffered text a second time
    process = context.Process(
        target=_work, args=(task, assignment, sandbox, writer, output.fileno(), os.getpid())
    )
    process.start()
    writer.close()
    return _Running(task, process, reader, output, time.monotonic(), sandbox.process_id)


def _done(
    running: Mapping[Connection, _Running], ready: Collection[object], assignment: Assignment
) -> list[Connection]:
    """Return the pipes of the jobs that have a result, have ended, or have run for too long."""
    latest = time.monotonic() - assignment.budgets.job_seconds
    return [reader for reader, one in running.items() if reader in ready or one.start < latest]


def _reopen(sandbox: Sandbox) -> None:
    """Start a sandbox again that has ended, because something killed its processes."""
    message = "The sandbox ended and is started again; what it was grading is graded again."
    Console(stderr=True).print(message)
    sandbox.close()
    try:
        sandbox.start()
    except SandboxError as error:
        raise CannotRunError(f"the sandbox ended and did not start again: {error}") from error


def _work(
    task: GradingTask,
    assignment: Assignment,
    sandbox: Sandbox,
    writer: Connection,
    output: int,
    parent: int,
) -> None:
    """Grade one task in the forked process and send the result to the parent."""
    _die_with(parent)
    limit_memory(JOB_MEMORY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(output, number)
        setattr(sys, name, os.fdopen(number, "w", closefd=False, buffering=1))
    result = grade(task.notebook, task.student, assignment, sandbox, task.kept, task.question)
    writer.send_bytes(result.to_json().encode())
    writer.close()
    sys.stdout.flush()
    os._exit(0)  # skip exit handlers: they would clean up what belongs to the parent


def _die_with(parent: int) -> None:
    """Ask Linux to kill this process when its parent dies, even by SIGKILL."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)


def _finish(
    one: _Running,
    sandbox: Sandbox,
    assignment: Assignment,
    killed: list[GradingTask] | None,
) -> Result | None:
    """Return the result that a process sent, or a `grader_error` if it sent none.

    Args:
        one: The job.
        sandbox: The sandbox.
        assignment: What is graded.
        killed: If the job was killed, its task is appended here, and there is no result. None: a
            killed job gets a `grader_error` too.
    """
    reason = f"It did not end within {assignment.budgets.job_seconds:.0f} s"
    with contextlib.suppress(EOFError, OSError):
        if one.reader.poll():
            result = from_dict(json.loads(one.reader.recv_bytes()))
            _end(one, grace=5.0)
            return result
    one.process.join(timeout=0.5)
    status = one.process.exitcode
    if status is not None:
        reason = f"Its process ended with status {status}"
        sandbox_ended = sandbox.has_ended or sandbox.process_id != one.zygote
        if killed is not None and (status == -signal.SIGKILL or sandbox_ended):
            killed.append(one.task)
            _end(one)
            return None
    reason = f"Not graded: the grader failed on this submission. {reason}{_last_line(one)}"
    _end(one)
    return uniform_result(one.task.notebook, one.task.student, assignment, "grader_error", reason)


def _last_line(one: _Running) -> str:
    """Return the last line of a process's output, for the message."""
    one.output.seek(0)
    lines = one.output.read().decode(errors="replace").strip().splitlines()
    return f": {lines[-1][:300]}" if lines else "."


def _end(one: _Running, grace: float = 0.0) -> None:
    """Close a process and its pipe; kill the process if it has not ended after `grace` seconds."""
    one.process.join(timeout=grace)
    if one.process.is_alive():
        one.process.kill()
        one.process.join()
    one.process.close()
    one.reader.close()
    one.output.close()
