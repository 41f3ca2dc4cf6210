"""The grader's handle on one worker."""

from __future__ import annotations

import mmap
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.shared_memory import SharedMemory

ZYGOTE_ENDED = "the sandbox has ended"
_CREDENTIALS = struct.Struct("3i")  # process, user, group
# How a worker ends if it is killed from outside. It cannot send itself signal 9: the system-call
# filter refuses all calls that could.
FROM_OUTSIDE = frozenset({"signal 9", ZYGOTE_ENDED})


class WorkerHandle:
    """The grader's handle on one worker.

    Args:
        channel: The socket that carries the grader's requests and the worker's answers.
        lifetime: The lifetime socket: the zygote ends the worker when it closes, and reports on it
            how a worker has ended.
        shared: The memory that the worker shares with the grader, if the system has any.

    Attributes:
        connection: What requests are sent with.
    """

    def __init__(
        self, channel: socket.socket, lifetime: socket.socket, shared: SharedMemory | None
    ) -> None:
        self._channel, self._lifetime = Channel(channel, shared), lifetime
        self._process_id: int | None = None
        self.connection = Connection(self._channel, trusting=False)
        self.connection.waited = self._waited

    def _waited(self) -> float:
        """Return the seconds that the worker was ready to run, but had no processor.

        0 where the system does not report it (all but Linux).
        """
        return self._told("schedstat", 1) / 1e9  # computed, waited (both in ns), times

    def memory(self) -> int:
        """Return the bytes that the worker holds, with what it shares; 0 if unknown."""
        return self._told("statm", 1) * mmap.PAGESIZE  # reserved, held (both in pages), and so on

    def _told(self, name: str, place: int) -> int:
        """Return a number that the system reports of the worker's process; 0 if it reports none."""
        try:
            if self._process_id is None:
                self._process_id = _sender(self._lifetime)
            told = Path(f"/proc/{self._process_id}/{name}").read_text(encoding="ascii")
            return int(told.split()[place])
        except (OSError, ValueError, IndexError):
            return 0

    def exit_status(self) -> str:
        """Return "exit status 0" or "signal 9" for a worker that has ended, or "" if unknown.

        If the zygote has ended, and all its workers with it, return `ZYGOTE_ENDED`.
        """
        # The zygote reports within milliseconds; the rest is for a loaded machine.
        self._lifetime.settimeout(2)
        try:
            if self._process_id is None:
                self._process_id = _sender(self._lifetime)
            reported = self._lifetime.recv(16)
            if not reported:
                return ZYGOTE_ENDED
            code = int(reported)
        except ConnectionResetError:
            return ZYGOTE_ENDED
        except (OSError, ValueError):
            return ""
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        self._lifetime.close()
        self._channel.close()


def prepare_lifetime(lifetime: socket.socket) -> None:
    """Let the system add the sender's process id to what arrives at a lifetime socket."""
    if hasattr(socket, "SO_PASSCRED"):
        lifetime.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def _sender(lifetime: socket.socket) -> int:
    """Return the worker's process id, as the grader's system knows it; 0 if unknown.

    A worker sends one byte before it runs any of a student's code, and the system adds the id.
    """
    if not hasattr(socket, "SO_PASSCRED"):
        lifetime.recv(1)
        return 0
    _, found, _, _ = lifetime.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size))
    for level, kind, data in found:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            pid: int = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
            return pid
    return 0


# Returns a new worker at each call.
WorkerFactory: TypeAlias = Callable[[], WorkerHandle]
