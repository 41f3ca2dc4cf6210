"""What no worker must be able to do, as attempts that the probe makes before anybody is graded.

A layer may be present and yet fail to refuse something: Landlock restricts truncation only since
version 3. So every effect that the sandbox promises to refuse is tried, and the sandbox starts only
if each attempt fails. The table in docs/architecture.md is made from this list.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.confinement.acts import (
    Act,
    Target,
    call,
    execute,
    message_queue,
    open_file,
    open_socket,
    pages_in_memory,
    read_memory,
    same_limit,
    share_memory,
    socket_option,
    start_process,
    with_descriptor,
)

SECCOMP, LANDLOCK, MOUNTS = "seccomp", "Landlock", "private mounts"
BUBBLEWRAP = "bubblewrap"
TRUNCATE_RIGHT, SCOPES = "Landlock ≥ 3", "Landlock ≥ 6"
NOT_DUMPABLE, RLIMITS, UNPRIVILEGED = "not dumpable", "rlimits", "no privileges"


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
    act: Act
    required: bool = True

    def succeeds(self, target: Target) -> bool:
        """Make the attempt; return whether nothing refused it."""
        try:
            self.act(target)
        except OSError:
            return False
        return True


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


def _all() -> Iterator[Attempt]:
    """Yield every attempt; those that change the process come last."""

    def each(subject: str, layers: tuple[str, ...], acts: dict[str, Act]) -> Iterator[Attempt]:
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
            "write to a file": lambda t: open_file(t.shared, os.O_WRONLY),
            "create a file": lambda t: open_file(t.shared.with_name("a"), os.O_CREAT | os.O_WRONLY),
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
            "truncate a file by opening it for neither reading nor writing": lambda t: open_file(
                t.shared, os.O_ACCMODE | os.O_TRUNC
            ),
            "truncate a file that it may only read": lambda t: open_file(
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
            "change the mode of a file that it may only read": with_descriptor(
                lambda handle: os.fchmod(handle, 0o644)
            ),
        },
    )
    yield from each(
        "files outside",
        (SECCOMP,),
        {
            "control a device or a file by ioctl": with_descriptor(
                lambda handle: fcntl.ioctl(handle, 0x5451)  # FIOCLEX, which every file allows
            )
        },
    )
    yield from each(
        "other processes",
        (NOT_DUMPABLE, SECCOMP),
        {
            "trace the zygote": lambda t: call("ptrace", 0x4206, t.zygote, None, None),
            "read the zygote's memory": read_memory,
        },
    )
    yield from each(
        "other processes",
        (NOT_DUMPABLE, LANDLOCK, MOUNTS),
        {
            "read the zygote's memory through /proc": lambda t: open_file(
                Path(f"/proc/{t.zygote}/mem"), os.O_RDONLY
            ),
            "write the zygote's memory through /proc": lambda t: open_file(
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
            "start a process": start_process,
            "execute a program": execute,
            "get a handle on the zygote": lambda t: os.close(os.pidfd_open(t.zygote)),
            "change the zygote's priority": lambda t: os.setpriority(0, t.zygote, 0),
            "change the zygote's limits": same_limit,
            "choose the zygote's processors": lambda t: os.sched_setaffinity(
                t.zygote, os.sched_getaffinity(0)
            ),
        },
    )
    yield from each(
        "network",
        (SECCOMP,),
        {f"open a socket ({name})": open_socket(kind) for name, kind in _SOCKETS.items()}
        | {"set an option of a socket": socket_option},
    )
    yield from each(
        "messages to other workers",
        (SECCOMP,),
        {
            "lock a file (flock)": with_descriptor(lambda h: fcntl.flock(h, fcntl.LOCK_SH)),
            "lock a file (fcntl)": with_descriptor(lambda h: fcntl.lockf(h, fcntl.LOCK_SH)),
            "hold a lease on a file": with_descriptor(
                lambda h: fcntl.fcntl(h, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            ),
            "watch files (inotify)": lambda _t: call("inotify_init1", 0),
            "make System V shared memory": lambda _t: call("shmget", 0, ctypes.c_size_t(1), 0o600),
            "make a System V semaphore": lambda _t: call("semget", 0, 1, 0o600),
            "make a System V message queue": lambda _t: call("msgget", 0, 0o600),
            "make a POSIX message queue": message_queue,
            "see which pages of a file are in memory": pages_in_memory,
        },
    )
    yield Attempt(
        "messages to other workers",
        "make POSIX shared memory",
        (LANDLOCK, MOUNTS),
        share_memory,
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
            "set up io_uring": lambda _t: call("syscall", 425, 1, ctypes.create_string_buffer(128)),
            "make a timer that sends any signal": lambda _t: call(
                "timer_create", 1, None, ctypes.byref(ctypes.c_void_p())
            ),
            "enter a new user namespace": lambda _t: call("unshare", 0x10000000),
        },
    )
    yield from each(
        "the kernel",
        (UNPRIVILEGED, SECCOMP),
        {
            "mount a file system": lambda _t: call("mount", b"x", b"/", b"tmpfs", 0, None),
            "change its root folder": lambda _t: os.chroot("/"),
        },
    )


ATTEMPTS = tuple(_all())
