"""Turn values into JSON for the other end, and what the other end sends into values.

Objects that are not plain data stay where they are. They are exported under a number, and the other
end gets a proxy; a proxy that comes back is replaced by its original.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from autograder.sandbox.errors import clean
from autograder.sandbox.rpc import codec, module_mirror, proxies
from autograder.sandbox.rpc.caller import Caller
from autograder.sandbox.rpc.framing import ProtocolError
from autograder.sandbox.rpc.limits import Limits


class Marshaller:
    """Encodes and decodes the values of one connection.

    Args:
        connection: What the proxies that are made here ask.
        limits: What the other end may cost.
        names: Looks up an object that the other end refers to by name, if it may do so.

    Attributes:
        exports: The objects that the other end has proxies of, by number.
    """

    def __init__(
        self, connection: Caller, limits: Limits, names: Callable[[str], object] | None
    ) -> None:
        self.exports: dict[int, object] = {}
        self._connection, self._limits, self._names = connection, limits, names

    def encode(self, value: object, tensors: list[Tensor]) -> Any:
        """Return `value` as JSON and append its tensors to `tensors`."""
        return codec.encode(value, tensors, self._export)

    def decode(self, coded: Any, tensors: codec.Received) -> Any:
        """Return the value that the other end encoded.

        Raises:
            ProtocolError: If `coded` encodes no value.
        """
        return codec.decode(coded, tensors, self._import)

    def _export(self, value: object, tensors: list[Tensor]) -> dict[str, Any]:
        if isinstance(value, proxies.RemoteFunction) and isinstance(value.number, str):
            return {"name": value.number}
        if isinstance(value, proxies.RemoteFunction | proxies.RemoteModule) and (
            value.connection is self._connection
        ):
            return {"home": value.number}
        if isinstance(value, nn.Module):
            return {"module": self._keep(value), **module_mirror.describe(value, tensors)}
        if callable(value) and not self._limits.trusting:
            return {"function": self._keep(value)}
        return {"opaque": clean(type(value).__name__, 60)}

    def _keep(self, value: object) -> int:
        for number, kept in self.exports.items():
            if kept is value:
                return number
        self.exports[len(self.exports)] = value
        return len(self.exports) - 1

    def _import(self, coded: dict[str, Any], tensors: codec.Received) -> object:
        """Return the object that the other end's `_export` described, or a proxy of it."""
        self._limits.count_described(coded)
        match coded:
            case {"home": int(number)} if number in self.exports:
                return self.exports[number]
            case {"name": str(name)} if self._names is not None:
                return self._names(name)
            case {"module": int(number)}:
                return proxies.RemoteModule(self._connection, number, coded, tensors)
            case {"function": int(number)}:
                return proxies.RemoteFunction(self._connection, number)
            case {"opaque": str(name)}:
                return proxies.opaque(name)
        raise ProtocolError("a value is of no known kind")
