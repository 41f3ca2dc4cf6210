"""One end of the wall: asks the other end to call things, and answers what it is asked.

Both ends are the same code. An ask and its answer nest strictly, like function calls: while one
end waits for an answer, the other may ask something back (a student's function calls the model
that a check has passed to it), and answers that first.

Tensors cross by value. Gradients cross by asking: the end that computed a result keeps its graph
(a *tape*) and, asked for it, answers with the vector-Jacobian product.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from autograder.sandbox.errors import Gone, RemoteError, clean
from autograder.sandbox.rpc import module_mirror, proxies
from autograder.sandbox.rpc.autograd import Tapes
from autograder.sandbox.rpc.channel import Channel, Closed, WireError, decode, encode
from autograder.sandbox.rpc.limits import Allowance, Limits, must_be_passed, offers
from autograder.sandbox.rpc.module_requests import Models
from autograder.sandbox.rpc.nested import tensors_in

if TYPE_CHECKING:
    from collections.abc import Iterator

Handler = Callable[..., object]


class Connection:
    """One end of a connection between a grader and a worker.

    Attributes:
        trusting: Whether the other end may call any method of what it was given. A grader is not:
            it answers for the methods that the object's own classes define, and no others.
        on_gone: Called when the other end turns out to be gone, before that is raised.
        patience: Seconds that each ask may take, its callbacks included; None waits for ever.
        noted_gradients: Where backward passes write down what they would ask for; see below.
        allowance: Seconds that all asks together may still take; None counts nothing.
        answered: How many answers have come since it was last set to 0.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        trusting: bool,
        handlers: Mapping[str, Handler] | None = None,
        names: Callable[[str], object] | None = None,
    ) -> None:
        self.trusting = trusting
        self.patience: float | None = None
        self.allowance: Allowance | None = None
        self.noted_gradients: list[tuple[int, list[Tensor | None]]] | None = None
        self.on_gone: Callable[[Gone], None] | None = None
        self.answered = 0
        self._channel = channel
        self._names = names
        self._exports: dict[int, object] = {}
        self._dropped: list[int] = []
        self._earlier: list[tuple[str, object]] = []
        self._deadline: float | None = None
        self._end: Gone | None = None
        self._limits = Limits(trusting=trusting)
        self._tapes = Tapes(self._limits)
        models = Models(self._exports, self._limits)
        self._handlers: dict[str, Handler] = {
            "call": self._call,
            **models.handlers,
            **self._tapes.handlers,
            **(handlers or {}),
        }
        # once, for to take one apart costs as much as to send a frame
        self._signatures = {op: inspect.signature(do) for op, do in self._handlers.items()}

    # -- asking ---------------------------------------------------------------------------------

    def ask(self, op: str, **fields: object) -> Any:
        """Ask the other end to do `op`, and return its answer.

        Raises:
            RemoteError: If what was asked raised there.
            Gone: If the other end died, hung, or sent what is no answer.
        """
        if self._end is not None:
            raise self._end
        try:
            with self._deadline_set(), self._limits.nesting():
                earlier, self._earlier = self._earlier, []
                self._send({"ask": op}, fields, earlier)
                return self._hear()
        except Closed as closed:
            raise self._gone(Gone("closed")) from closed
        except TimeoutError as late:
            raise self._gone(Gone("late")) from late
        except WireError as wrong:
            raise self._gone(Gone("nonsense", str(wrong))) from wrong

    def have_done(self, op: str, **fields: object) -> None:
        """Have a worker do `op` just before the next ask, which raises what `op` raises."""
        self._earlier.append((op, fields))

    def _hear(self) -> Any:
        """Answer what is asked back until the answer comes.

        What goes wrong here is due to what the other end has sent, and must not look like ours.
        """
        try:
            while "ask" in (received := self._channel.receive(self._deadline))[0]:
                self._answer(*received)
            return self._read_answer(*received)
        except (RemoteError, WireError, Closed, TimeoutError):
            raise
        except Exception as odd:
            raise WireError(f"what came could not be taken: {type(odd).__name__}") from odd

    def _gone(self, gone: Gone) -> Gone:
        self._end = gone  # every later ask gets the same
        if self.on_gone is not None:
            self.on_gone(gone)
        return gone

    @contextmanager
    def _deadline_set(self) -> Iterator[None]:
        """Start the clock at the outermost ask; what is asked meanwhile runs on the same clock."""
        outer, start = self._deadline, time.monotonic()
        if outer is None and self.patience is not None:
            left = self.allowance.seconds if self.allowance else self.patience
            self._deadline = start + min(self.patience, left)
        try:
            yield
        finally:
            self._deadline = outer
            if outer is None and self.allowance is not None:
                self.allowance.seconds -= time.monotonic() - start

    def _send(
        self, header: dict[str, Any], content: object, earlier: Sequence[tuple[str, object]] = ()
    ) -> None:
        tensors: list[Tensor] = []
        if earlier:
            coded = [[op, encode(fields, tensors, self._export)] for op, fields in earlier]
            header["earlier"] = coded
        header["content"] = encode(content, tensors, self._export)
        header["drop"], self._dropped = self._dropped, []
        self._channel.send(header, tensors, self._deadline)

    def _read_answer(self, header: dict[str, Any], tensors: list[Tensor]) -> object:
        self.answered += 1
        self._limits.frame(header, tensors)
        self._tapes.drop(header.get("drop"))
        if "raised" in header:
            raise RemoteError.from_wire(header["raised"])
        return decode(header.get("content"), tensors, self._import)

    @contextmanager
    def noting_gradients(self) -> Iterator[list[tuple[int, list[Tensor | None]]]]:
        """Let backward passes ask for nothing, but note the gradients of each tape's results."""
        noted: list[tuple[int, list[Tensor | None]]] = []
        self.noted_gradients = noted
        try:
            yield noted
        finally:
            self.noted_gradients = None

    def forget(self, tape: int) -> None:
        """Tell the other end, with the next ask, that nobody will ask for this gradient."""
        self._dropped.append(tape)

    # -- answering ------------------------------------------------------------------------------

    def serve(self) -> None:
        """Answer until the other end closes the connection."""
        while True:
            try:
                self._answer(*self._channel.receive())
            except Closed:
                return

    def _answer(self, header: dict[str, Any], tensors: list[Tensor]) -> None:
        self._limits.frame(header, tensors)
        try:
            if self.trusting:
                for op, coded in header.get("earlier", ()):
                    self._handle(op, decode(coded, tensors, self._import))
            self._tapes.drop(header.get("drop"))
            fields = decode(header.get("content"), tensors, self._import)
            content = self._handle(header.get("ask"), fields)
            answer: dict[str, Any] = {}
        except (WireError, Gone):
            raise
        except BaseException as raised:  # whatever is raised is the answer, a student's exit() too
            if not self.trusting and not isinstance(raised, Exception):
                raise  # here it is the instructor's Ctrl-C
            answer, content = {"raised": RemoteError.describe(raised)}, None
        try:
            self._send(answer, content)
        except (Closed, TimeoutError):
            raise
        except Exception as unsendable:  # noqa: BLE001 - too large, or a list that contains itself
            self._send({"raised": RemoteError.describe(unsendable)}, None)

    def _handle(self, op: object, fields: object) -> object:
        if not isinstance(op, str) or not isinstance(fields, dict):
            raise WireError("an ask has no name or no fields")
        handler = self._handlers.get(op)
        if handler is None:
            raise WireError(f"nobody knows how to {clean(op, 40)}")
        try:
            self._signatures[op].bind(**fields)
        except TypeError as problem:
            raise WireError("an ask has the wrong fields") from problem
        return handler(**fields)

    def _call(
        self,
        target: object,
        method: str | None,
        args: object,
        kwargs: object,
        *,
        grad: bool,
        changes: object,
    ) -> object:
        """Call a target or its method; answer result, mutated inputs, changed state, and tape."""
        if not isinstance(args, tuple) or not isinstance(kwargs, dict):
            raise WireError("a call has no arguments")
        call = self._callable(target, method)
        modules = proxies.modules_in((target, *args, *kwargs.values()))
        if self.trusting:
            module_mirror.apply(modules, changes)
        inputs = tensors_in((args, kwargs))
        watch = module_mirror.Watch(inputs, modules)
        with torch.set_grad_enabled(grad):
            result = call(*args, **kwargs)
        outputs = [one for one in tensors_in(result) if one.requires_grad]
        sources = proxies.sources_in(inputs, modules)
        return {
            "result": result,
            "mutated": watch.mutated_inputs(),
            "state": watch.changed_buffers(),
            "tape": self._tapes.record(sources, outputs) if outputs else None,
        }

    def _callable(self, target: object, method: str | None) -> Callable[..., object]:
        if not self.trusting:
            must_be_passed(target, self._exports.values())
        if method is None and callable(target):
            return target
        if not isinstance(method, str) or method.startswith("_"):
            raise WireError("a call names no method")
        if not self.trusting and not offers(target, method):
            raise AttributeError(f"the model has no method {clean(method, 40)}")
        found = getattr(target, method)
        if not callable(found):
            raise TypeError(f"{clean(method, 40)} cannot be called")
        return found  # type: ignore[no-any-return] # getattr gives Any

    # -- objects --------------------------------------------------------------------------------

    def _export(self, value: object, tensors: list[Tensor]) -> Any:
        """Return how an object that is no plain data crosses the wall."""
        home = proxies.coded_home(value, self)
        if home is not None:
            return home
        if isinstance(value, nn.Module):
            return {"module": self._keep(value), **module_mirror.describe(value, tensors)}
        if callable(value) and not self.trusting:
            return {"function": self._keep(value)}
        return {"opaque": clean(type(value).__name__, 60)}

    def _keep(self, value: object) -> int:
        for number, kept in self._exports.items():
            if kept is value:
                return number
        self._exports[len(self._exports)] = value
        return len(self._exports) - 1

    def _import(self, coded: dict[str, Any], tensors: Sequence[Tensor]) -> object:
        """Return the object, or a proxy of it, that the other end's `_export` described."""
        self._limits.described(coded)
        match coded:
            case {"home": int(number)} if number in self._exports:
                return self._exports[number]
            case {"name": str(name)} if self._names is not None:
                return self._names(name)
            case {"module": int(number)}:
                return proxies.RemoteModule(self, number, coded, tensors)
            case {"function": int(number)}:
                return proxies.RemoteFunction(self, number)
            case {"opaque": str(name)}:
                return proxies.opaque(name)
        raise WireError("a value is of no known kind")
