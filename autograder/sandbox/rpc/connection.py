"""One end of a connection: it asks the other end to do things, and answers what it is asked.

Both ends run this code. Asks and answers nest strictly, like function calls: while one end waits
for an answer, the other may ask something back (a student's function calls a model that a check
passed to it), and that is answered first.

Tensors cross the wall by value. Gradients cross it by asking; see `autograd`.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from autograder.sandbox.errors import Gone, RemoteError, clean
from autograder.sandbox.rpc.autograd import Tapes
from autograder.sandbox.rpc.beside import Loops
from autograder.sandbox.rpc.caller import Caller, TapeGradients
from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.codec import Received
from autograder.sandbox.rpc.framing import Closed, HeldPayload, ProtocolError
from autograder.sandbox.rpc.handlers import Handler, ObjectHandlers
from autograder.sandbox.rpc.limits import Allowance, Limits
from autograder.sandbox.rpc.marshalling import Marshaller

_LONG = 0.5  # seconds; after a shorter ask, the other end's waiting time is not looked up
# The most time that waiting for a processor may add to an ask, in multiples of its patience. An
# answer that starts threads makes itself wait.
_MOST_WAITING = 3.0


class Connection(Caller):
    """One end of a connection between a grader and a worker.

    Args:
        channel: Where frames are sent and received.
        trusting: Whether the other end is trusted. A worker trusts its grader: the grader may call
            any method of any object. A grader trusts no worker: it answers only for the methods
            that the classes of the objects it passed define, and within `limits`.
        handlers: Further operations that the other end may ask for, by name.
        names: Looks up an object that the other end refers to by name.

    Attributes:
        patience: Seconds that each ask may take, including what is asked back; None waits forever.
        allowance: The time that all asks together may still take; None sets no limit.
        on_gone: Called when the other end is found to be gone, before that is raised.
        answered: How many answers have arrived since it was last set to 0.
        waited: Returns the seconds that the other end has been ready to run, but had no processor.
            They do not count: a loaded machine must not fail an answer.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        trusting: bool,
        handlers: Mapping[str, Handler] | None = None,
        names: Callable[[str], object] | None = None,
    ) -> None:
        self.patience: float | None = None
        self.allowance: Allowance | None = None
        self.recorded_gradients: list[TapeGradients] | None = None
        self.on_gone: Callable[[Gone], None] | None = None
        self.answered = 0
        self.waited: Callable[[], float] = float
        self._waited = 0.0  # when it was last looked at
        self._channel, self._trusting = channel, trusting
        self._dropped_tapes: list[int] = []
        self._queued: list[tuple[str, object]] = []
        self._deadline: float | None = None
        self._gone: Gone | None = None
        self._limits = Limits(trusting=trusting)
        channel.admit = self._limits.admit
        channel.extend = self._extend
        if not trusting:
            channel.payload_type = HeldPayload
        self._tapes = Tapes(self._limits)
        self._values = Marshaller(self, self._limits, names)
        self._handlers: dict[str, Handler] = {
            **ObjectHandlers(self._values.exports, self._tapes, self._limits).handlers,
            **self._tapes.handlers,
            **(Loops().handlers if trusting else {}),
            **(handlers or {}),
        }
        # Cached: inspecting a signature costs as much as sending a frame.
        self._signatures = {op: inspect.signature(do) for op, do in self._handlers.items()}

    # -- asking ---------------------------------------------------------------------------------

    def ask(self, op: str, **fields: object) -> Any:
        """Ask the other end to do `op` and return its answer.

        Raises:
            RemoteError: If what was asked raised there.
            Gone: If the other end died, hung, or sent something that is not an answer.
        """
        if self._gone is not None:
            raise self._gone
        try:
            # Not in inference mode, even if the caller is: what arrives may outlive that mode, and
            # only ordinary tensors have the versions that mirrors of modules compare.
            with torch.inference_mode(mode=False), self._deadline_set(), self._limits.nested_ask():
                queued, self._queued = self._queued, []
                self._send({"ask": op}, fields, queued)
                return self._await_answer()
        except Closed as closed:
            raise self._record_gone(Gone("closed")) from closed
        except TimeoutError as late:
            raise self._record_gone(Gone("late")) from late
        except ProtocolError as wrong:
            raise self._record_gone(Gone("nonsense", str(wrong))) from wrong

    def ask_later(self, op: str, **fields: object) -> None:
        """Queue `op`; it is sent with the next ask, which also raises what `op` raises."""
        self._queued.append((op, fields))

    def drop_tape(self, tape: int) -> None:
        """Tell the other end, with the next ask, that a tape is no longer needed."""
        self._dropped_tapes.append(tape)

    def _await_answer(self) -> Any:
        """Answer what is asked back until the answer arrives.

        Whatever goes wrong here is caused by what the other end sent. It must not look like an
        error of this end.
        """
        try:
            while "ask" in (received := self._channel.receive(self._deadline))[0]:
                self._answer(*received)
            return self._read_answer(*received)
        except (RemoteError, ProtocolError, Closed, TimeoutError):
            raise
        except Exception as odd:
            raise ProtocolError(f"a frame could not be read: {type(odd).__name__}") from odd

    def _record_gone(self, gone: Gone) -> Gone:
        self._gone = gone  # every later ask raises it again
        if self.on_gone is not None:
            self.on_gone(gone)
        return gone

    @contextmanager
    def _deadline_set(self) -> Iterator[None]:
        """Set the deadline at the outermost ask; nested asks share it."""
        outer, start = self._deadline, time.monotonic()
        if outer is None and self.patience is not None:
            left = self.allowance.left if self.allowance else self.patience
            self._deadline = start + min(self.patience, left)
        try:
            yield
        finally:
            self._deadline = outer
            if outer is None and self.allowance is not None:
                taken = time.monotonic() - start
                if taken > _LONG:
                    taken -= min(taken, self._waiting())
                    self._waited = self.waited()
                self.allowance.seconds -= taken

    def _waiting(self) -> float:
        """Return the seconds without a processor since it was last looked at."""
        return max(0.0, self.waited() - self._waited)

    def _extend(self, deadline: float) -> float:
        """Return a deadline extended by the time in which the other end had no processor."""
        most = _MOST_WAITING * (self.patience or 0.0)
        later = deadline + min(self._waiting(), most)
        return later if self.allowance is None else min(later, self.allowance.end)

    def _send(
        self, header: dict[str, Any], content: object, queued: Sequence[tuple[str, object]] = ()
    ) -> None:
        tensors: list[Tensor] = []
        if queued:
            header["queued"] = [[op, self._values.encode(one, tensors)] for op, one in queued]
        header["content"] = self._values.encode(content, tensors)
        header["drop"], self._dropped_tapes = self._dropped_tapes, []
        self._channel.send(header, tensors, self._deadline)

    def _read_answer(self, header: dict[str, Any], tensors: Received) -> object:
        self.answered += 1
        self._tapes.drop(header.get("drop"))
        if "raised" in header:
            raise RemoteError.from_wire(header["raised"])
        return self._values.decode(header.get("content"), tensors)

    # -- answering ------------------------------------------------------------------------------

    def serve(self) -> None:
        """Answer until the other end closes the connection."""
        while True:
            try:
                self._answer(*self._channel.receive())
            except Closed:
                return

    def _answer(self, header: dict[str, Any], tensors: Received) -> None:
        try:
            if self._trusting:
                for op, coded in header.get("queued", ()):
                    self._handle(op, self._values.decode(coded, tensors))
            self._tapes.drop(header.get("drop"))
            fields = self._values.decode(header.get("content"), tensors)
            content = self._handle(header.get("ask"), fields)
            answer: dict[str, Any] = {}
        except (ProtocolError, Gone):
            raise
        except BaseException as raised:  # whatever is raised is the answer, even a student's exit()
            if not self._trusting and not isinstance(raised, Exception):
                raise  # in the grader it is the instructor's Ctrl-C
            answer, content = {"raised": RemoteError.describe(raised)}, None
        try:
            self._send(answer, content)
        except (Closed, TimeoutError):
            raise
        except Exception as unsendable:  # noqa: BLE001 - too large, or a list that contains itself
            self._send({"raised": RemoteError.describe(unsendable)}, None)

    def _handle(self, op: object, fields: object) -> object:
        if not isinstance(op, str) or not isinstance(fields, dict):
            raise ProtocolError("an ask has no operation or no fields")
        handler = self._handlers.get(op)
        if handler is None:
            raise ProtocolError(f"there is no operation {clean(op, 40)}")
        try:
            self._signatures[op].bind(**fields)
        except TypeError as problem:
            raise ProtocolError("an ask has the wrong fields") from problem
        return handler(**fields)
