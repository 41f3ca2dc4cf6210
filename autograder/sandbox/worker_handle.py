"""The grader's handle on one worker."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TypeAlias

from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.shared_memory import SharedMemory

ZYGOTE_ENDED = "the sandbox has ended"
# How a worker ends that was killed from outside. It cannot send itself signal 9: the system-call
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
        self.connection = Connection(self._channel, trusting=False)

    def exit_status(self) -> str:
        """Return "exit status 0" or "signal 9" for a worker that has ended, or "" if unknown.

        If the zygote has ended, and all its workers with it, return `ZYGOTE_ENDED`.
        """
        # The zygote reports within milliseconds; the rest is for a loaded machine.
        self._lifetime.settimeout(2)
        try:
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


# Returns a new worker at each call.
WorkerFactory: TypeAlias = Callable[[], WorkerHandle]
