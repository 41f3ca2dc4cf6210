"""The grader's side of the sandbox: start the zygote, and get workers from it.

Nothing here imports torch before a worker is needed: while the zygote imports it on one processor,
the grader can do so on another.
"""

from __future__ import annotations

import math
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from autograder.sandbox.budgets import Budgets
from autograder.sandbox.cells import Cell
from autograder.sandbox.confinement import bubblewrap, seccomp
from autograder.sandbox.confinement.plan import Plan
from autograder.sandbox.confinement.readable_paths import readable_paths
from autograder.sandbox.confinement.remove_tree import remove_tree
from autograder.sandbox.launch import zygote_command, zygote_environment
from autograder.sandbox.rpc import shared_memory
from autograder.sandbox.rpc.framing import Closed, FrameSocket, ProtocolError
from autograder.sandbox.rpc.shared_memory import SharedMemory
from autograder.support.scratch import ScratchFolder

if TYPE_CHECKING:
    from autograder.sandbox.session import Session
    from autograder.sandbox.worker_handle import WorkerHandle

START_SECONDS = 120  # importing torch from a cold disk takes 30 s
_UNCONFINED = """\
this machine cannot confine a submission (on Linux, install bubblewrap and libseccomp).
Use --unconfined only for submissions that you would run yourself: they could read and change \
whatever you can."""
# Fields of the plan to override: tests simulate other kernels with them.
_simulated: dict[str, Any] = {}


class SandboxError(Exception):
    """The sandbox cannot be used: a fault of the installation, never of a submission."""


class Sandbox:
    """Runs submissions in confined worker processes.

    The sandbox starts one process, the zygote, that imports torch and all modules of `preload`.
    Every submission runs in workers that are forked from it, which takes milliseconds. Use it as a
    context manager, or call `start` and `close`. Processes that are forked from the grader may
    share its sandbox.

    On Linux, workers have no network, can start no processes, read only the interpreter, its
    packages and `path`, and write only to a home folder in memory, if anywhere.
    docs/architecture.md says what each layer prevents, and where it is available.

    Args:
        path: Folders that submissions may import from.
        preload: Modules that the zygote imports before it sees any submission.
        confine: Whether to require confinement. Without it, a submission can do whatever the
            grader's user can.
        memory_mib: The memory that a worker may use in addition to the zygote's.
        forbidden: Files and folders that submissions must not be able to open. Before the sandbox
            starts, a process that is confined like a worker tries to open them.
        chance: Which random numbers answers draw. Grading uses 0; with another number, answers draw
            other random numbers.

    Attributes:
        confinement: The layers of confinement that were seen to hold when the sandbox started.

    Raises:
        SandboxError: When it starts, if the zygote does not start, if a module of `preload` cannot
            be imported, or if nothing on this machine can confine a submission.

    Example:
        >>> from autograder.sandbox import Cell, Sandbox
        >>> cell = Cell("1", "def double(x): return 2 * x", "answer")
        >>> with Sandbox(preload=["numpy"]) as sandbox:
        ...     session = sandbox.session([cell], wanted=["double"])
        ...     report = session.load()
        ...     print(report.names, session.answers(["double"])["double"](21))
        ...     session.close()
        {'double': 'function'} 42
    """

    def __init__(
        self,
        path: Sequence[Path] = (),
        preload: Sequence[str] = (),
        *,
        confine: bool = True,
        memory_mib: float = Budgets.memory_mib,
        forbidden: Sequence[Path] = (),
        chance: int = 0,
    ) -> None:
        self._chance = chance
        self._confine, self._memory_bytes = confine, round(memory_mib * 2**20)
        self._forbidden = list(dict.fromkeys(str(path.absolute()) for path in forbidden))
        self._path, self._preload = [Path(p).resolve() for p in path], list(preload)
        self.confinement: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the zygote and wait until it has imported everything.

        Raises:
            SandboxError: As `await_zygote`.
        """
        self.launch()
        self.await_zygote()

    def launch(self) -> None:
        """Start the zygote without waiting for its imports; `await_zygote` waits for them."""
        self._scratch = ScratchFolder("sandbox", remove_tree)
        self._scratch.path.chmod(0o1777)  # the zygote, as nobody, creates folders in it
        (self._scratch.path / "home").mkdir()
        (self._scratch.path / "outside").touch()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the zygote runs
        self._control, control = socket.socketpair()
        prefix, plan = self._plan()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [*prefix, *zygote_command(plan, self._path, self._preload, control.fileno())],
            pass_fds=[control.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            env=zygote_environment(),
            start_new_session=True,  # Ctrl-C reaches the grader only, which ends the zygote
        )
        control.close()

    def await_zygote(self) -> None:
        """Wait until the zygote has imported everything.

        Raises:
            SandboxError: If it does not start, if a module of `preload` cannot be imported, or if
                nothing on this machine can confine a submission.
        """
        try:
            self._receive_greeting()
        except SandboxError:
            self.close()
            raise

    @property
    def process_id(self) -> int:
        """The process id of the zygote, or of the bubblewrap that runs it."""
        assert self._process is not None
        return self._process.pid

    def _plan(self) -> tuple[list[str], Plan]:
        """Return the words that run a command in bubblewrap, if it works here, and the plan."""
        readable = readable_paths(self._path, self._preload)
        prefix = bubblewrap.command_prefix(readable) if self._confine else []
        plan = Plan(
            confine=self._confine,
            in_bubblewrap=bool(prefix),
            scratch="/tmp" if prefix else str(self._scratch.path),  # noqa: S108 - the sandbox's own /tmp
            outside=str(self._scratch.path / "outside"),
            home=bubblewrap.HOME if prefix else str(self._scratch.path / "home"),
            readable=readable,
            seccomp_filter=seccomp.compile_filter() if self._confine else b"",
            memory_bytes=self._memory_bytes,
            forbidden=self._forbidden,
        )
        return prefix, replace(plan, **_simulated)

    def _receive_greeting(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        try:
            greeting, _, _ = FrameSocket(self._control).receive_header(deadline)
        except (Closed, TimeoutError, ProtocolError):
            greeting = {}
        self._control.settimeout(None)
        if "layers" not in greeting:
            raise SandboxError(f"the sandbox did not start:\n{self._end_of_log()}")
        if greeting["failed"]:
            problems = "\n".join(f"  {name}: {why}" for name, why in greeting["failed"].items())
            raise SandboxError(f"modules that submissions import are missing:\n{problems}")
        self.confinement = list(greeting["layers"])
        if greeting["possible"]:
            could = "\n".join(f"  {effect}" for effect in greeting["possible"])
            raise SandboxError(f"{_UNCONFINED}\nA submission could\n{could}")
        if greeting["readable"]:
            paths = "\n".join(f"  {path}" for path in greeting["readable"])
            raise SandboxError(
                f"submissions could read what they must not:\n{paths}\nMove it out of the folders "
                "that submissions may read: the assignment's and those of installed packages."
            )

    def _end_of_log(self) -> str:
        self._end_zygote()
        self._log.seek(0)
        return self._log.read()[-4000:].decode(errors="replace")

    def worker(self) -> WorkerHandle:
        """Return a new worker, forked from the zygote.

        Raises:
            SandboxError: If the zygote has ended.
        """
        from autograder.sandbox.worker_handle import (  # imports torch
            WorkerHandle,
            prepare_lifetime,
        )

        ours, theirs = socket.socketpair()
        lifetime, their_lifetime = socket.socketpair()
        prepare_lifetime(lifetime)
        memory = shared_memory.create()
        passed = [theirs.fileno(), their_lifetime.fileno(), *([] if memory is None else [memory])]
        try:
            socket.send_fds(self._control, [b"."], passed)
            shared = None if memory is None else SharedMemory(memory, grader=True)
        except OSError as ended:
            raise SandboxError("the sandbox has ended") from ended
        finally:
            theirs.close()
            their_lifetime.close()
            if memory is not None:
                os.close(memory)
        return WorkerHandle(ours, lifetime, shared)

    def session(
        self,
        cells: Sequence[Cell],
        wanted: Sequence[str],
        stand_ins: Mapping[str, str] | None = None,
        budgets: Budgets | None = None,
        end: float = math.inf,
    ) -> Session:
        """Return a session for one submission.

        Args:
            cells: The submission's cells, in the notebook's order.
            wanted: The names that the submission should define.
            stand_ins: Source code that defines replacements, by the name that it replaces.
            budgets: The seconds that the submission may take; the defaults if None.
            end: When the whole submission must be done, on the monotonic clock.
        """
        from autograder.sandbox.session import Session  # imports torch

        return Session(
            self.worker, cells, wanted, stand_ins or {}, budgets or Budgets(), end, self._chance
        )

    @property
    def has_ended(self) -> bool:
        """Whether the zygote has ended, although nobody closed the sandbox."""
        try:
            return not self._control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """End the zygote and all workers."""
        if self._process is None:
            return
        self._end_zygote()
        self._process = None
        self._log.close()
        self._scratch.close()

    def _end_zygote(self) -> None:
        assert self._process is not None
        self._control.close()
        try:
            self._process.wait(5)  # it ends at once when the control socket closes
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
