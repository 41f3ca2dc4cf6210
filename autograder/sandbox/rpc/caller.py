"""What proxies and autograd need of a connection, so that they need not import it."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor

TapeGradients = tuple[int, list[Tensor | None]]  # a tape's number, the gradients of its results


class Caller(Protocol):
    """The asking side of a connection.

    Attributes:
        recorded_gradients: If a list, backward passes append to it instead of asking for gradients;
            see `autograd.recording_gradients`.
    """

    recorded_gradients: list[TapeGradients] | None

    def ask(self, op: str, **fields: object) -> Any:
        """Ask the other end to do `op` and return its answer."""

    def ask_later(self, op: str, **fields: object) -> None:
        """Queue `op`; it is sent with the next ask, which also raises what `op` raises."""

    def drop_tape(self, tape: int) -> None:
        """Tell the other end, with the next ask, that a tape is no longer needed."""
