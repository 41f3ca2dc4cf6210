"""What holds a worker in its room, from inside: each layer is put up, then tried, never assumed.

`settle` is the zygote's part, once: it stops being root, and sends a probe into the room that tries
to get out. `enter` is every worker's part, before any of a student's code.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import resource
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.confinement import landlock
from autograder.sandbox.confinement.remove_tree import sweep

FILE_BYTES = 64 * 2**20  # of one file
OPEN_FILES = 256
TASKS = 128  # processes and threads of one user: workers have one thread each, answers no reason
NOBODY = 65534

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38


@dataclass(frozen=True)
class Plan:
    """What the grader has decided about the room.

    Attributes:
        scratch: The folder that holds each worker's own folder.
        readable: What workers may read.
        filter: The compiled system-call filter; empty if there is none.
        boxed: Whether bubblewrap is around it. Only then may a worker write files: into a folder
            that is in memory, and that is bounded and goes with the room.
        confine: Whether to put up anything at all.
        memory: Bytes that a worker may take beyond what the zygote has.
    """

    scratch: str
    readable: list[str]
    filter: bytes
    boxed: bool
    confine: bool
    memory: int


def stop_being_root(plan: Plan) -> None:
    """Become nobody, for good, if this process is root, and give up every capability.

    Where nobody could not read the interpreter (it lies in root's home, and no bubblewrap has put
    it elsewhere), the name stays root's, and has no more power than any other.
    """
    if os.geteuid() != 0:
        return
    if all(_everyone_may_enter(Path(path)) for path in plan.readable if Path(path).exists()):
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if sys.platform == "linux":
        header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)  # version 3, ourselves
        if ctypes.CDLL(None, use_errno=True).capset(header, nothing) != 0:
            raise OSError(ctypes.get_errno(), "capset")


def _everyone_may_enter(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def enter(plan: Plan, home: Path) -> None:
    """Confine this process, a fresh worker; there is no way back.

    Args:
        plan: What the grader has decided.
        home: The only folder that the worker may write in, if any; it is made here.
    """
    may_write = plan.boxed or not plan.confine
    if may_write:
        with contextlib.suppress(OSError):  # another submission has filled the room: do without
            home.mkdir()
    os.chdir(home if home.exists() else "/")
    os.environ.clear()
    os.environ.update(HOME=str(home), TMPDIR=str(home), PATH="/usr/bin:/bin", OMP_NUM_THREADS="1")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    if not plan.confine:
        return
    _limit_resources(plan.memory)
    if sys.platform == "linux":
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _prctl(_PR_SET_DUMPABLE, 0)
        landlock.restrict(plan.readable, [*([str(home)] if may_write else []), "/dev/null"])
        if plan.filter:
            _load(plan.filter)


def _limit_resources(memory: int) -> None:
    size = _address_space()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    tasks = TASKS + _tasks()
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    tasks = tasks if hard == resource.RLIM_INFINITY else min(tasks, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))


@functools.cache
def _tasks() -> int:
    """Return how many processes and threads this user had when first asked, if /proc tells."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.getuid():
                count += sum(1 for _ in (process / "task").iterdir())
    return count


def _address_space() -> int:
    """Return the size of this process in bytes, or 0 where /proc cannot tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def _prctl(option: int, *values: object) -> None:
    arguments = [*values, *(ctypes.c_ulong(0),) * (4 - len(values))]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *arguments) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _load(bpf: bytes) -> None:
    program = _Program(len(bpf) // 8, bpf)
    _prctl(_PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(program))


# -- probing --------------------------------------------------------------------------------------


def settle(plan: Plan) -> list[str]:
    """Stop being root, and return the layers that hold what this process will fork."""
    stop_being_root(plan)
    _tasks()  # asked once, here, for all workers
    return probe(plan)


def probe(plan: Plan) -> list[str]:
    """Send a process into the room that tries to get out; return the layers that held it."""
    home = Path(plan.scratch) / "0"
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            enter(plan, home)
            os.write(theirs, " ".join(_layers_that_hold(plan)).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as end:
        said = end.read()
    os.waitpid(child, 0)
    sweep(home)
    return said.decode().split()


def _layers_that_hold(plan: Plan) -> list[str]:
    status = Path("/proc/self/status").read_text()
    layers = {
        "bubblewrap": plan.boxed and _is_alone(),
        "unprivileged": "CapEff:\t0000000000000000" in status,
        "rlimits": resource.getrlimit(resource.RLIMIT_CORE) == (0, 0),
        "no_new_privs": "NoNewPrivs:\t1" in status,
        "landlock": _refused((Path(plan.scratch) / "probe").mkdir, errno.EACCES),
        "seccomp": "Seccomp:\t2" in status and _refused(socket.socket, errno.EPERM),
    }
    return [layer for layer, holds in layers.items() if holds]


def _is_alone() -> bool:
    """Say whether this process sees no network but its own loopback, and few processes."""
    with contextlib.suppress(OSError):
        devices = Path("/proc/net/dev").read_text().splitlines()[2:]
        names = [line.partition(":")[0].strip() for line in devices]
        return names in ([], ["lo"]) and os.getpid() < 100
    return False


def _refused(attempt: Callable[[], object], number: int) -> bool:
    try:
        attempt()
    except OSError as refused:
        return refused.errno == number
    return False
