"""The grader's hold on one worker."""

from __future__ import annotations

import socket

from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.shared_memory import SharedMemory


class Worker:
    """The grader's hold on one worker: ask it things through `peer`; let it go with `close`."""

    def __init__(
        self, channel: socket.socket, lifetime: socket.socket, shared: SharedMemory | None
    ) -> None:
        self._channel, self._lifetime = Channel(channel, shared), lifetime
        self.connection = Connection(self._channel, trusting=False)

    def how_it_ended(self) -> str:
        """Return "exit status 0" or "signal 9" of a worker that has closed its connection."""
        self._lifetime.settimeout(2)  # the zygote reaps within milliseconds; then its word is here
        try:
            code = int(self._lifetime.recv(16) or b"0")
        except (OSError, ValueError):
            return ""
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def close(self) -> None:
        """Let the worker go: whatever it is doing, it ends."""
        self._lifetime.close()
        self._channel.close()
