"""What no worker must be able to do, as attempts that the probe makes before anybody is graded.

A layer may be present and yet refuse nothing: Landlock restricts truncation since its version 3
only. So every effect that the sandbox promises to refuse is tried, and the sandbox starts only if
each attempt fails. The table in docs/architecture.md is made from this list.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)

SECCOMP, LANDLOCK, MOUNTS = "seccomp", "Landlock", "private mounts"
BUBBLEWRAP = "bubblewrap"
TRUNCATE_RIGHT, SCOPES = "Landlock ≥ 3", "Landlock ≥ 6"
NOT_DUMPABLE, RLIMITS, UNPRIVILEGED = "not dumpable", "rlimits", "no privileges"


@dataclass(frozen=True)
class Target:
    """What attempts aim at.

    Attributes:
        outside: A file of the grader, whose permissions let everybody read it.
        shared: A file of the zygote, whose permissions let everybody read and change it.
        readable: A file that it may read.
        zygote: The process id of the zygote, its parent.
        memory_bytes: The limit on its memory.
    """

    outside: Path
    shared: Path
    readable: Path
    zygote: int
    memory_bytes: int


@dataclass(frozen=True)
class Attempt:
    """One thing that a worker must not be able to do.

    Attributes:
        subject: What it is about, for the table.
        effect: What would be done, in words that follow "a submission could".
        layers: The layers each of which alone refuses it.
        act: Does it, or raises an OSError.
        required: Whether the sandbox refuses to start where it can be done.
    """

    subject: str
    effect: str
    layers: tuple[str, ...]
    act: Callable[[Target], object]
    required: bool = True

    def succeeds(self, target: Target) -> bool:
        """Do it; return whether nothing refused."""
        try:
            self.act(target)
        except OSError:
            return False
        return True


def _open(path: Path, flags: int) -> None:
    os.close(os.open(path, flags))


def _with_descriptor(act: Callable[[int], object]) -> Callable[[Target], object]:
    """Return an attempt on a descriptor of the file that may be read."""

    def on_descriptor(target: Target) -> None:
        handle = os.open(target.readable, os.O_RDONLY)
        try:
            act(handle)
        finally:
            os.close(handle)

    return on_descriptor


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library.

    Raises:
        OSError: If it fails.
    """
    if getattr(_libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def _fork(_target: Target) -> None:
    if (pid := os.fork()) == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _execute(target: Target) -> None:
    try:
        os.execv(target.readable.with_name("no such program"), ["x"])  # noqa: S606 - it does not exist
    except FileNotFoundError:
        return


def _read_memory(target: Target) -> None:
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)
    _call("process_vm_readv", target.zygote, vector, 1, vector, 1, 0)


def _share_memory(_target: Target) -> None:
    name = Path("/dev/shm/probe")  # noqa: S108 - whether it can be made is the question
    name.touch()
    name.unlink()


def _message_queue(_target: Target) -> None:
    _call("mq_open", b"/probe", os.O_CREAT | os.O_RDWR, 0o600, None)
    _call("mq_unlink", b"/probe")


def _pages_in_memory(target: Target) -> None:
    with target.readable.open("rb") as file:
        address = _libc.mmap
        address.restype = ctypes.c_void_p
        start = address(None, ctypes.c_size_t(1), 1, 2, file.fileno(), ctypes.c_long(0))
    found = ctypes.create_string_buffer(1)
    _call("mincore", ctypes.c_void_p(start), ctypes.c_size_t(1), found)


def _same_limit(target: Target) -> None:
    limit = resource.getrlimit(resource.RLIMIT_CORE)
    resource.prlimit(target.zygote, resource.RLIMIT_CORE, limit)


_SOCKETS = {
    "TCP": (socket.AF_INET, socket.SOCK_STREAM),
    "UDP": (socket.AF_INET, socket.SOCK_DGRAM),
    "IPv6": (socket.AF_INET6, socket.SOCK_STREAM),
    "Unix": (socket.AF_UNIX, socket.SOCK_STREAM),
    "Unix datagram": (socket.AF_UNIX, socket.SOCK_DGRAM),
    "netlink": (16, socket.SOCK_RAW),
    "packet": (17, socket.SOCK_RAW),
    "kernel crypto": (38, socket.SOCK_SEQPACKET),
    "virtual machine": (40, socket.SOCK_STREAM),
}


def _socket(kind: tuple[int, int]) -> Callable[[Target], object]:
    return lambda _target: socket.socket(*kind).close()


def _socket_option(_target: Target) -> None:
    one, two = socket.socketpair()
    with closing(one), closing(two):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)


def _all() -> Iterator[Attempt]:
    """Yield every attempt; those that change the process come last."""

    def each(
        subject: str, layers: tuple[str, ...], acts: dict[str, Callable[[Target], object]]
    ) -> Iterator[Attempt]:
        for effect, act in acts.items():
            yield Attempt(subject, effect, layers, act)

    yield from each(
        "files outside",
        (LANDLOCK, BUBBLEWRAP),
        {
            "read a file outside the sandbox": lambda t: t.outside.read_bytes(),
            "list a folder outside the sandbox": lambda t: list(t.outside.parent.iterdir()),
        },
    )
    yield from each(
        "files outside",
        (LANDLOCK, MOUNTS),
        {
            "write to a file": lambda t: _open(t.shared, os.O_WRONLY),
            "create a file": lambda t: _open(t.shared.with_name("a"), os.O_CREAT | os.O_WRONLY),
            "create a folder": lambda t: t.shared.with_name("b").mkdir(),
            "create a named pipe": lambda t: os.mkfifo(t.shared.with_name("c")),
            "create a link": lambda t: t.shared.with_name("d").symlink_to("x"),
            "create a hard link": lambda t: os.link(t.shared, t.shared.with_name("e")),
            "rename a file": lambda t: t.shared.rename(t.shared.with_name("f")),
            "delete a file": lambda t: t.shared.unlink(),
        },
    )
    yield from each(
        "files outside",
        (SECCOMP, TRUNCATE_RIGHT, MOUNTS),
        {
            "truncate a file": lambda t: os.truncate(t.shared, 0),
            "truncate a file by opening it for neither reading nor writing": lambda t: _open(
                t.shared, os.O_ACCMODE | os.O_TRUNC
            ),
            "truncate a file that it may only read": lambda t: _open(
                t.readable, os.O_RDONLY | os.O_TRUNC
            ),
        },
    )
    yield from each(
        "files outside",
        (SECCOMP, MOUNTS),
        {
            "change the mode of a file": lambda t: t.shared.chmod(0o600),
            "change the times of a file": lambda t: os.utime(t.shared),
            "change the owner of a file": lambda t: os.chown(t.shared, -1, os.getgid()),
            "change attributes of a file": lambda t: os.setxattr(t.shared, "user.probe", b"x"),
            "change the mode of a file that it may only read": _with_descriptor(
                lambda handle: os.fchmod(handle, 0o644)
            ),
        },
    )
    yield from each(
        "files outside",
        (SECCOMP,),
        {
            "control a device or a file by ioctl": _with_descriptor(
                lambda handle: fcntl.ioctl(handle, 0x5451)  # FIOCLEX, which every file allows
            )
        },
    )
    yield from each(
        "other processes",
        (NOT_DUMPABLE, SECCOMP),
        {
            "trace the zygote": lambda t: _call("ptrace", 0x4206, t.zygote, None, None),
            "read the zygote's memory": _read_memory,
        },
    )
    yield from each(
        "other processes",
        (NOT_DUMPABLE, LANDLOCK, MOUNTS),
        {
            "read the zygote's memory through /proc": lambda t: _open(
                Path(f"/proc/{t.zygote}/mem"), os.O_RDONLY
            ),
            "write the zygote's memory through /proc": lambda t: _open(
                Path(f"/proc/{t.zygote}/mem"), os.O_WRONLY
            ),
            "list the zygote's open files": lambda t: list(Path(f"/proc/{t.zygote}/fd").iterdir()),
        },
    )
    yield Attempt(
        "other processes",
        "send a signal to the zygote",
        (SECCOMP, SCOPES),
        lambda t: os.kill(t.zygote, signal.Signals(18)),  # SIGCONT, which a running process ignores
    )
    yield from each(
        "other processes",
        (SECCOMP,),
        {
            "start a process": _fork,
            "execute a program": _execute,
            "get a handle on the zygote": lambda t: os.close(os.pidfd_open(t.zygote)),
            "change the zygote's priority": lambda t: os.setpriority(0, t.zygote, 0),
            "change the zygote's limits": _same_limit,
            "choose the zygote's processors": lambda t: os.sched_setaffinity(
                t.zygote, os.sched_getaffinity(0)
            ),
        },
    )
    yield from each(
        "network",
        (SECCOMP,),
        {f"open a socket ({name})": _socket(kind) for name, kind in _SOCKETS.items()}
        | {"set an option of a socket": _socket_option},
    )
    yield from each(
        "messages to other workers",
        (SECCOMP,),
        {
            "lock a file (flock)": _with_descriptor(lambda h: fcntl.flock(h, fcntl.LOCK_SH)),
            "lock a file (fcntl)": _with_descriptor(lambda h: fcntl.lockf(h, fcntl.LOCK_SH)),
            "hold a lease on a file": _with_descriptor(
                lambda h: fcntl.fcntl(h, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            ),
            "watch files (inotify)": lambda _t: _call("inotify_init1", 0),
            "make System V shared memory": lambda _t: _call("shmget", 0, ctypes.c_size_t(1), 0o600),
            "make a System V semaphore": lambda _t: _call("semget", 0, 1, 0o600),
            "make a System V message queue": lambda _t: _call("msgget", 0, 0o600),
            "make a POSIX message queue": _message_queue,
            "see which pages of a file are in memory": _pages_in_memory,
        },
    )
    yield Attempt(
        "messages to other workers", "make POSIX shared memory", (LANDLOCK, MOUNTS), _share_memory
    )
    yield Attempt(
        "messages to other workers",
        "see how many threads and open files another process has",
        (MOUNTS,),
        lambda t: os.stat(f"/proc/{t.zygote}/task"),  # noqa: PTH116 - as a submission would
        required=False,
    )
    yield Attempt(
        "resources",
        "use more memory than its limit",
        (RLIMITS,),
        lambda t: mmap.mmap(-1, t.memory_bytes + 2**26).close(),
    )
    yield from each(
        "the kernel",
        (SECCOMP,),
        {
            "set up io_uring": lambda _t: _call(
                "syscall", 425, 1, ctypes.create_string_buffer(128)
            ),
            "enter a new user namespace": lambda _t: _call("unshare", 0x10000000),
        },
    )
    yield from each(
        "the kernel",
        (UNPRIVILEGED, SECCOMP),
        {
            "mount a file system": lambda _t: _call("mount", b"x", b"/", b"tmpfs", 0, None),
            "change its root folder": lambda _t: os.chroot("/"),
        },
    )


ATTEMPTS = tuple(_all())
