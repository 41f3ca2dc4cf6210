"""Inside the room: a process that has imported everything once, and forks a worker on request.

The grader holds one end of a control socket. Each request on it is one byte that carries two or
three file descriptors: the worker's end of its channel, the zygote's end of its *leash*, a socket
that means "may live" as long as the grader holds the other end, and its shelf, if it has one. So a
grader needs no process number and no permission to kill, and whatever becomes of it, no worker
outlives its interest in it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import torch

from autograder.sandbox.confinement import lockdown
from autograder.sandbox.confinement.malloc import keep_freed_memory
from autograder.sandbox.confinement.plan import Plan
from autograder.sandbox.confinement.probe import probe
from autograder.sandbox.confinement.remove_tree import remove_tree
from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.shared_memory import SharedMemory
from autograder.sandbox.worker.worker import Worker


class Zygote:
    """Forks workers, ends those whose leash is let go, and reports how the others ended."""

    def __init__(self, control: socket.socket, plan: Plan) -> None:
        self._control, self._plan = control, plan
        self._leashes: dict[int, socket.socket] = {}
        self._homes: dict[int, Path] = {}
        self._count = 0
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._wake, wake_end = socket.socketpair()
        for end in (self._wake, wake_end):
            end.setblocking(False)  # noqa: FBT003 - socket's signature
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_end.fileno(), warn_on_full_buffer=False)
        self._wake_end = wake_end
        self._selector.register(self._wake, selectors.EVENT_READ)

    def serve(self) -> None:
        """Work until the grader closes the control socket."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    _, fds, _, _ = socket.recv_fds(self._control, 1, 3)
                    if len(fds) < 2:
                        return self._end_all()
                    channel, lifetime = (socket.socket(fileno=fd) for fd in fds[:2])
                    self._fork(channel, lifetime, *fds[2:])
                elif key.fileobj is self._wake:
                    with contextlib.suppress(BlockingIOError):
                        self._wake.recv(4096)
                    self._reap()
                elif isinstance(key.data, int):
                    self._let_go(key.data)

    def _fork(
        self, channel: socket.socket, lifetime: socket.socket, memory: int | None = None
    ) -> None:
        self._count += 1
        home = Path(self._plan.scratch) / str(self._count)
        pid = os.fork()
        if pid == 0:
            self._become_worker(channel, lifetime, memory, home)
        channel.close()
        if memory is not None:
            os.close(memory)
        self._leashes[pid], self._homes[pid] = lifetime, home
        self._selector.register(lifetime, selectors.EVENT_READ, pid)

    def _become_worker(
        self, channel: socket.socket, lifetime: socket.socket, memory: int | None, home: Path
    ) -> NoReturn:
        """Drop all that is the zygote's, and answer for one submission."""
        status = 0
        try:
            self._forget(lifetime)
            os.setsid()
            shared = None
            if memory is not None:
                shared = SharedMemory(memory, grader=False)
                os.close(memory)
            lockdown.confine_worker(self._plan, home)
            Worker().serve(Channel(channel, shared))
        except BaseException:  # noqa: BLE001 - a forked child never runs on
            traceback.print_exc()  # into the log; nowhere, once confined
            status = 70
        finally:
            os._exit(status)

    def _forget(self, *more: socket.socket) -> None:
        """Drop, in a child, all that is the zygote's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for one in (self._control, self._wake, self._wake_end, *more, *self._leashes.values()):
            one.close()

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                self._bury(pid, os.waitstatus_to_exitcode(status))

    def _bury(self, pid: int, code: int) -> None:
        home = self._homes.pop(pid, None)
        if home is not None:
            self._clear(home)
        lifetime = self._leashes.pop(pid, None)
        if lifetime is not None:
            self._selector.unregister(lifetime)
            with contextlib.suppress(OSError):
                lifetime.send(str(code).encode())
            lifetime.close()

    def _clear(self, home: Path) -> None:
        """Remove a worker's folder; in a child if it holds anything, for it may hold a million."""
        try:
            home.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if os.fork() == 0:
                try:
                    self._forget()
                    remove_tree(home)
                finally:
                    os._exit(0)

    def _let_go(self, pid: int) -> None:
        """End a worker and all that it may have started."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        self._bury(pid, -signal.SIGKILL)

    def _end_all(self) -> None:
        for pid in list(self._leashes):
            self._let_go(pid)


def main() -> None:
    """Import everything, confine, say so on the control socket, and serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    told = json.loads(sys.argv[2])
    plan = Plan.from_json(told["plan"])
    failed = {}
    for name in told["preload"]:
        try:
            importlib.import_module(name)
        except Exception as problem:  # noqa: BLE001 - told to the grader, whatever it is
            failed[name] = f"{type(problem).__name__}: {problem}"
    # what there is by now stays; no worker's collector needs to look at it, and so to copy it
    gc.freeze()
    gc.enable()
    keep_freed_memory()
    torch.set_num_threads(1)  # a pool of threads would not survive the fork
    layers = []
    if plan.confine:
        lockdown.confine_zygote(plan)
        layers = probe(plan)
    said = json.dumps({"failed": failed, "layers": layers}).encode()
    control.sendall(len(said).to_bytes(4, "big") + said)
    Zygote(control, plan).serve()
    os._exit(0)  # taking torch down in good order takes seconds, and nothing is left to save


if __name__ == "__main__":
    main()
