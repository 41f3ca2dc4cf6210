"""How each attempt of `attempts` is made, where it takes more than a line."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

_libc = ctypes.CDLL(None, use_errno=True)


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


# Does something, or raises an OSError.
Act: TypeAlias = Callable[[Target], object]


def open_file(path: Path, flags: int) -> None:
    """Open a file and close it."""
    os.close(os.open(path, flags))


def with_descriptor(act: Callable[[int], object]) -> Act:
    """Return an attempt on a descriptor of the file that may be read."""

    def on_descriptor(target: Target) -> None:
        handle = os.open(target.readable, os.O_RDONLY)
        try:
            act(handle)
        finally:
            os.close(handle)

    return on_descriptor


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library.

    Raises:
        OSError: If it fails.
    """
    if getattr(_libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def start_process(_target: Target) -> None:
    """Fork."""
    if (pid := os.fork()) == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def execute(target: Target) -> None:
    """Execute a program that does not exist."""
    try:
        os.execv(target.readable.with_name("no such program"), ["x"])  # noqa: S606 - it does not exist
    except FileNotFoundError:
        return


def read_memory(target: Target) -> None:
    """Read the zygote's memory by a system call."""
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)
    call("process_vm_readv", target.zygote, vector, 1, vector, 1, 0)


def share_memory(_target: Target) -> None:
    """Make a piece of shared memory with a name."""
    name = Path("/dev/shm/probe")  # noqa: S108 - whether it can be made is the question
    name.touch()
    name.unlink()


def message_queue(_target: Target) -> None:
    """Make a message queue with a name."""
    call("mq_open", b"/probe", os.O_CREAT | os.O_RDWR, 0o600, None)
    call("mq_unlink", b"/probe")


def pages_in_memory(target: Target) -> None:
    """Ask which pages of a file are in memory."""
    with target.readable.open("rb") as file:
        address = _libc.mmap
        address.restype = ctypes.c_void_p
        start = address(None, ctypes.c_size_t(1), 1, 2, file.fileno(), ctypes.c_long(0))
    found = ctypes.create_string_buffer(1)
    call("mincore", ctypes.c_void_p(start), ctypes.c_size_t(1), found)


def same_limit(target: Target) -> None:
    """Set a limit of the zygote to what it is."""
    limit = resource.getrlimit(resource.RLIMIT_CORE)
    resource.prlimit(target.zygote, resource.RLIMIT_CORE, limit)


def open_socket(kind: tuple[int, int]) -> Act:
    """Return an attempt that opens a socket of a family and type."""
    return lambda _target: socket.socket(*kind).close()


def socket_option(_target: Target) -> None:
    """Set an option of a pair of sockets."""
    one, two = socket.socketpair()
    with closing(one), closing(two):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
