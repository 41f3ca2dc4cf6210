"""The grader's side: start the zygote, and get workers from it.

Nothing here imports torch before a worker is asked for: while the zygote imports it on one
processor, the grader can do so on another.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from autograder.sandbox.budgets import Budgets
from autograder.sandbox.cells import Cell
from autograder.sandbox.confinement.bubblewrap import Walls, build, site_folders
from autograder.sandbox.confinement.remove_tree import sweep
from autograder.sandbox.rpc import shared_memory
from autograder.sandbox.rpc.shared_memory import SharedMemory

if TYPE_CHECKING:
    from autograder.sandbox.session import Session
    from autograder.sandbox.worker_handle import Worker

START_SECONDS = 120  # a cold disk takes 30 s over torch; more means that something is wrong
# Files and processes must each be held by something: a filter of system calls knows no file names.
_WALLS = ({"bubblewrap", "landlock"}, {"bubblewrap", "seccomp"})
# Isolated, it does not look for packages of its user's; they come last, as they do elsewhere.
# Python's collector, which finds nothing in half a million new objects, is off while it imports:
# that saves a fifth of its start.
_LAUNCH = """\
import gc, sys
gc.disable()
sys.path[:0] = {path!r}
sys.path += [folder for folder in {sites!r} if folder not in sys.path]
from {package}.worker.zygote import main
main()
"""


class SandboxError(Exception):
    """The room cannot be had: a fault of the installation, never of a submission."""


class Sandbox:
    """A zygote and the workers that it forks; inherited by fork, so that job processes share it.

    Args:
        path: Folders that submissions may import from.
        preload: Modules to import once, before any submission is seen.
        confine: Whether to insist on walls; without them, submissions can do what you can.
        memory_mib: What a worker may take beyond what the zygote has.

    Attributes:
        confinement: The layers that were seen to hold, once the room has been opened.
    """

    def __init__(
        self,
        path: Sequence[Path] = (),
        preload: Sequence[str] = (),
        *,
        confine: bool = True,
        memory_mib: float = Budgets.memory_mib,
    ) -> None:
        self._confine, self._memory = confine, round(memory_mib * 2**20)
        self._path, self._preload = [Path(p).resolve() for p in path], list(preload)
        self.confinement: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:  # noqa: PYI034 - typing.Self is newer than Python 3.10
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
            RoomError: As `await_zygote`.
        """
        self.launch()
        self.await_zygote()

    def launch(self) -> None:
        """Start the zygote; what it imports takes seconds, for which `await_zygote` waits."""
        self._scratch = tempfile.mkdtemp(prefix="room-")
        Path(self._scratch).chmod(0o1777)  # the zygote makes folders in it, as nobody
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the zygote
        self._control, theirs = socket.socketpair()
        walls = build(self._path, self._scratch, confine=self._confine)
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [*walls.prefix, *self._command(walls, theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            env=self._environment(),
            start_new_session=True,  # Ctrl-C is the grader's to hear; it ends the room in order
        )
        theirs.close()

    def await_zygote(self) -> None:
        """Wait until the zygote has imported everything.

        Raises:
            RoomError: If it does not start, a module that it is to preload cannot be imported, or
                nothing on this machine can confine it.
        """
        try:
            self._greet()
        except SandboxError:
            self.close()
            raise

    @property
    def process_id(self) -> int:
        """The zygote's number, or that of bubblewrap around it."""
        assert self._process is not None
        return self._process.pid

    def _command(self, walls: Walls, control: int) -> list[str]:
        root = Path(__file__).resolve().parents[len(__package__.split("."))]
        path = [str(root), *map(str, self._path)]
        launch = _LAUNCH.format(path=path, sites=site_folders(), package=__package__)
        told = {
            "preload": self._preload,
            "plan": {
                "scratch": walls.scratch,
                "readable": walls.readable,
                "filter": walls.filter.hex(),
                "boxed": walls.boxed,
                "confine": self._confine,
                "memory": self._memory,
            },
        }
        return [sys.executable, "-I", "-c", launch, str(control), json.dumps(told)]

    def _environment(self) -> dict[str, str]:
        """Return what the zygote sees of our environment: where caches lie, and no more."""
        kept = ("HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PYTHONHASHSEED": "0",  # the order of a student's set must not decide a grade
            "PYTHONUTF8": "1",
            "MPLBACKEND": "Agg",
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        }

    def _greet(self) -> None:
        self._control.settimeout(START_SECONDS)
        try:
            size = int.from_bytes(self._control.recv(4, socket.MSG_WAITALL), "big")
            said = json.loads(self._control.recv(size, socket.MSG_WAITALL) or b"{}")
        except (OSError, ValueError):
            said = {}
        self._control.settimeout(None)
        if "layers" not in said:
            raise SandboxError(f"the room did not open:\n{self._complaint()}")
        if said["failed"]:
            problems = "\n".join(f"  {name}: {why}" for name, why in said["failed"].items())
            raise SandboxError(f"the room opened without what submissions import:\n{problems}")
        self.confinement = list(said["layers"])
        if self._confine and not all(wall & set(self.confinement) for wall in _WALLS):
            raise SandboxError(
                "nothing on this machine can confine a submission (on Linux, install bubblewrap).\n"
                "Use --unconfined only for submissions that you would run yourself: they could read"
                " and change whatever you can."
            )

    def _complaint(self) -> str:
        self._end()
        self._log.seek(0)
        return self._log.read()[-4000:].decode(errors="replace")

    def worker(self) -> Worker:
        """Return a fresh worker, forked from the zygote.

        Raises:
            RoomError: If the zygote is gone.
        """
        from autograder.sandbox.worker_handle import Worker  # torch, not before it is needed

        ours, theirs = socket.socketpair()
        lifetime, their_lifetime = socket.socketpair()
        memory = shared_memory.make()
        given = [theirs.fileno(), their_lifetime.fileno(), *([] if memory is None else [memory])]
        try:
            socket.send_fds(self._control, [b"."], given)
            shared = None if memory is None else SharedMemory(memory, grader=True)
        except OSError as gone:
            raise SandboxError("the room has closed") from gone
        finally:
            theirs.close()
            their_lifetime.close()
            if memory is not None:
                os.close(memory)
        return Worker(ours, lifetime, shared)

    def session(
        self,
        cells: Sequence[Cell],
        wanted: Sequence[str],
        stand_ins: Mapping[str, str] | None = None,
        budgets: Budgets | None = None,
    ) -> Session:
        """Return a submission's stay in the room.

        Args:
            cells: Its cells, in the notebook's order.
            wanted: The names that it is to define.
            stand_ins: For names that are to be replaced, the source that defines them.
            budgets: The seconds that it may take; the usual ones if None.
        """
        from autograder.sandbox.session import Session  # likewise

        return Session(self, cells, wanted, stand_ins or {}, budgets or Budgets())

    def close(self) -> None:
        """End the zygote and every worker."""
        if self._process is None:
            return
        self._end()
        self._process = None
        self._log.close()
        sweep(Path(self._scratch))

    def _end(self) -> None:
        assert self._process is not None
        self._control.close()
        try:
            self._process.wait(5)  # it ends at once when the control socket closes
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
