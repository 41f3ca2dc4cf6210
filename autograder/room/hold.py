"""The grader's hold on one worker."""

from __future__ import annotations

import socket

from .peer import Peer
from .shelf import Shelf
from .wire import Channel


class Worker:
    """The grader's hold on one worker: ask it things through `peer`; let it go with `close`."""

    def __init__(self, channel: socket.socket, leash: socket.socket, shared: Shelf | None) -> None:
        self._channel, self._leash = Channel(channel, shared), leash
        self.peer = Peer(self._channel, trusting=False)

    def how_it_ended(self) -> str:
        """Return "exit status 0" or "signal 9" of a worker that has closed its connection."""
        self._leash.settimeout(2)  # the zygote reaps within milliseconds; then its word is here
        try:
            code = int(self._leash.recv(16) or b"0")
        except (OSError, ValueError):
            return ""
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def close(self) -> None:
        """Let the worker go: whatever it is doing, it ends."""
        self._leash.close()
        self._channel.close()
