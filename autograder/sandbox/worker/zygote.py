"""The zygote: a confined process that imports everything once and forks workers on request.

The grader holds one end of a control socket. Each request on it is one byte that carries two or
three file descriptors: the worker's end of its channel, the zygote's end of its lifetime socket,
and, if the system has any, the memory that it shares with the grader. The worker may live as long
as the grader holds the other end of the lifetime socket. So the grader needs neither a process id
nor permission to kill, and no worker outlives the grader, however the grader ends.
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

from autograder.sandbox.confinement import landlock, lockdown
from autograder.sandbox.confinement.malloc import keep_freed_memory
from autograder.sandbox.confinement.plan import Plan
from autograder.sandbox.confinement.probe import Findings, probe
from autograder.sandbox.confinement.remove_tree import remove_tree
from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.framing import FrameSocket
from autograder.sandbox.rpc.shared_memory import SharedMemory
from autograder.sandbox.worker.speed_hints import ignore_speed_hints
from autograder.sandbox.worker.worker import Worker

# Each worker adds its home folder to a ruleset that its siblings inherit. They cannot reach it, but
# the kernel copies the rules for each of them, so a new ruleset is made from time to time.
_RULESET_USES = 200


class Zygote:
    """Forks workers, ends those whose lifetime socket closes, and reports how others ended.

    Args:
        control: Where the grader sends requests.
        plan: How workers are confined.
    """

    def __init__(self, control: socket.socket, plan: Plan) -> None:
        self._control, self._plan = control, plan
        self._lifetimes: dict[int, socket.socket] = {}  # by process id, like the homes
        self._homes: dict[int, Path] = {}  # of unconfined workers; others' disappear with them
        self._fork_count = 0
        self._ruleset: landlock.Ruleset | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        # SIGCHLD writes to this pair of sockets, and so wakes the selector.
        self._child_ended, self._wakeup = socket.socketpair()
        for end in (self._child_ended, self._wakeup):
            end.setblocking(False)  # noqa: FBT003 - socket's signature
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._child_ended, selectors.EVENT_READ)

    def serve(self) -> None:
        """Answer requests until the grader closes the control socket."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    _, fds, _, _ = socket.recv_fds(self._control, 1, 3)
                    if len(fds) < 2:
                        return self._kill_all()
                    channel, lifetime = (socket.socket(fileno=fd) for fd in fds[:2])
                    self._fork(channel, lifetime, *fds[2:])
                elif key.fileobj is self._child_ended:
                    with contextlib.suppress(BlockingIOError):
                        self._child_ended.recv(4096)
                    self._reap()
                elif isinstance(key.data, int):  # a lifetime socket has closed
                    self._kill(key.data)

    def _fork(
        self, channel: socket.socket, lifetime: socket.socket, memory: int | None = None
    ) -> None:
        if self._fork_count % _RULESET_USES == 0:
            if self._ruleset is not None:
                self._ruleset.close()
            self._ruleset = lockdown.prepare(self._plan)
        self._fork_count += 1
        pid = os.fork()
        if pid == 0:
            self._become_worker(channel, lifetime, memory)
        channel.close()
        if memory is not None:
            os.close(memory)
        self._lifetimes[pid] = lifetime
        if not self._plan.confine:
            self._homes[pid] = Path(lockdown.home_of(self._plan, self._fork_count))
        self._selector.register(lifetime, selectors.EVENT_READ, pid)

    def _become_worker(
        self, channel: socket.socket, lifetime: socket.socket, memory: int | None
    ) -> NoReturn:
        """Confine this forked process and serve one submission."""
        status = 0
        try:
            lifetime.send(b"p")  # tells the grader this process's id; see `WorkerHandle`
            self._close_inherited(lifetime)
            os.setsid()
            shared = None
            if memory is not None:
                shared = SharedMemory(memory, grader=False)
                os.close(memory)
            lockdown.confine_worker(self._plan, self._ruleset, self._fork_count)
            ignore_speed_hints()
            Worker().serve(Channel(channel, shared))
        except BaseException:  # noqa: BLE001 - a forked child must not return into the zygote's loop
            traceback.print_exc()  # into the log; once confined, it goes nowhere
            status = 70
        finally:
            os._exit(status)

    def _close_inherited(self, *more: socket.socket) -> None:
        """Close, in a child, what belongs to the zygote."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        ours = (self._control, self._child_ended, self._wakeup, *self._lifetimes.values())
        for one in (*ours, *more):
            one.close()

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                self._clean_up(pid, os.waitstatus_to_exitcode(status))

    def _clean_up(self, pid: int, exit_code: int) -> None:
        """Remove what an ended worker leaves, and report its exit code."""
        home = self._homes.pop(pid, None)
        if home is not None:
            self._remove_home(home)
        lifetime = self._lifetimes.pop(pid, None)
        if lifetime is not None:
            self._selector.unregister(lifetime)
            with contextlib.suppress(OSError):
                lifetime.send(str(exit_code).encode())
            lifetime.close()

    def _remove_home(self, home: Path) -> None:
        """Remove a worker's folder; in a child unless empty, as it may hold a million files."""
        try:
            home.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if os.fork() == 0:
                try:
                    self._close_inherited()
                    remove_tree(home)
                finally:
                    os._exit(0)

    def _kill(self, pid: int) -> None:
        """Kill a worker and its process group."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        self._clean_up(pid, -signal.SIGKILL)

    def _kill_all(self) -> None:
        for pid in list(self._lifetimes):
            self._kill(pid)


def main() -> None:
    """Import everything, confine this process, greet the grader, and serve.

    The greeting is a frame that names the modules that could not be imported, and the layers of
    confinement that hold.
    """
    control = socket.socket(fileno=int(sys.argv[1]))
    options = json.loads(sys.argv[2])
    plan = Plan.from_json(options["plan"])
    failed = {}
    for name in options["preload"]:
        try:
            importlib.import_module(name)
        except Exception as problem:  # noqa: BLE001 - reported to the grader, whatever it is
            failed[name] = f"{type(problem).__name__}: {problem}"
    # What exists now stays. A worker's garbage collector must not scan it: that would copy its
    # memory pages.
    gc.freeze()
    gc.enable()
    keep_freed_memory()
    torch.set_num_threads(1)  # a pool of threads would not survive the fork
    # Kernels are chosen by what /proc/cpuinfo says, once in a process. Workers have no /proc.
    torch.backends.cpu.get_cpu_capability()
    found: Findings = {"layers": [], "possible": [], "readable": []}
    if plan.confine:
        lockdown.confine_zygote(plan)
        found = probe(plan)
    FrameSocket(control).send_frame({"failed": failed, **found})
    Zygote(control, plan).serve()
    os._exit(0)  # an orderly shutdown of torch takes seconds, and there is nothing left to save


if __name__ == "__main__":
    main()
