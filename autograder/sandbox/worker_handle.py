"""The grader's handle on one worker."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TypeAlias

from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.shared_memory import SharedMemory


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
        self.connection = Connection(self._channel, trusting=False)

    def exit_status(self) -> str:
        """Return "exit status 0" or "signal 9" for a worker that has ended, or "" if unknown."""
        # The zygote reports within milliseconds; the rest is for a loaded machine.
        self._lifetime.settimeout(2)
        try:
            code = int(self._lifetime.recv(16) or b"0")
        except (OSError, ValueError):
            return ""
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        self._lifetime.close()
        self._channel.close()


# Returns a new worker at each call.
WorkerFactory: TypeAlias = Callable[[], WorkerHandle]
