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

from autograder.grading.grade import grade
from autograder.results.model import Result, from_dict
from autograder.results.scoring import uniform_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.context import ForkProcess
    from types import FrameType

    from autograder.assignment.model import Assignment
    from autograder.runners.submissions import GradingTask
    from autograder.sandbox import Sandbox

# In seconds. Calls of student code have their own, shorter deadlines: this one ends a grader that
# hangs.
TASK_DEADLINE = 1800.0
_TIMESTAMP_PRECISION = 2.0  # seconds; the coarsest that file systems have
_TICK = 0.2  # seconds between two updates of the progress bar


@dataclass(frozen=True)
class _Running:
    task: GradingTask
    process: ForkProcess
    reader: Connection
    output: IO[bytes]
    start: float


def run(
    tasks: Iterable[GradingTask], assignment: Assignment, sandbox: Sandbox, workers: int
) -> Iterator[tuple[GradingTask, Result] | None]:
    """Grade the tasks, `workers` at a time; yield each with its result as soon as it is done.

    Yields None several times a second while nothing is done, so that the caller can redraw its
    progress bar. A task whose process dies gets a result with the status `grader_error`. When the
    caller stops early, or on Ctrl-C, all processes are killed.
    """
    _remove_ambiguous_bytecode(assignment)
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
            for reader in [*running]:
                one = running[reader]
                overdue = time.monotonic() - one.start > TASK_DEADLINE
                if reader in ready or overdue:
                    del running[reader]
                    yield one.task, _finish(one, assignment)
            if not ready:
                yield None
    finally:
        for one in running.values():
            _end(one)
        if earlier_handler is not None:
            signal.signal(signal.SIGINT, earlier_handler)


def _remove_ambiguous_bytecode(assignment: Assignment) -> None:
    """Remove bytecode of check files that was written within seconds of a change of its source.

    Python recognises a changed source by its size and by its modification time in seconds. A check
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
    return _Running(task, process, reader, output, time.monotonic())


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


def _finish(one: _Running, assignment: Assignment) -> Result:
    """Return the result that a process sent, or a `grader_error` if it sent none."""
    reason = f"It did not end within {TASK_DEADLINE:.0f} s"
    with contextlib.suppress(EOFError, OSError):
        if one.reader.poll():
            result = from_dict(json.loads(one.reader.recv_bytes()))
            _end(one, grace=5.0)
            return result
    one.process.join(timeout=0.5)
    if one.process.exitcode is not None:
        reason = f"Its process ended with status {one.process.exitcode}"
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
