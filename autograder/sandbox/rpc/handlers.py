"""Answer what the other end asks of the objects that it was passed: calls, modes and copies."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import torch
from torch import nn

from autograder.sandbox.errors import clean
from autograder.sandbox.rpc.autograd import Tapes, sources_in
from autograder.sandbox.rpc.codec import tensors_in
from autograder.sandbox.rpc.framing import ProtocolError
from autograder.sandbox.rpc.limits import Limits, check_exported, offers_method
from autograder.sandbox.rpc.module_mirror import apply_changes, modules_in
from autograder.sandbox.rpc.watch import Watch

Handler = Callable[..., object]


class ObjectHandlers:
    """Answers asks about objects.

    Args:
        exports: What the other end was passed; if it is not trusted, it may ask about nothing else.
        tapes: Where the graphs of calls are kept.
        limits: What the other end may cost.
    """

    def __init__(self, exports: Mapping[int, object], tapes: Tapes, limits: Limits) -> None:
        self._exports, self._tapes, self._limits = exports, tapes, limits

    @property
    def handlers(self) -> dict[str, Handler]:
        """The operations that the other end may ask for, by name."""
        return {
            "call": self._call,
            "mode": self._mode,
            "set_mode": self._set_mode,
            "copy": self._copy,
        }

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
        """Call a target or its method.

        Returns:
            The result, the inputs that were changed in place, the buffers that changed and the
            parameters that were made, and the tape's number.
        """
        if not isinstance(args, tuple) or not isinstance(kwargs, dict):
            raise ProtocolError("a call has no arguments")
        function = self._callable(target, method)
        modules = modules_in((target, *args, *kwargs.values()))
        if self._limits.trusting:
            apply_changes(modules, changes)
        self._limits.check_arguments((args, kwargs))
        inputs = tensors_in((args, kwargs))
        watch = Watch(inputs, modules)
        with torch.set_grad_enabled(grad):
            result = function(*args, **kwargs)
        self._limits.check_result(tensors_in(result))
        outputs = [one for one in tensors_in(result) if one.requires_grad]
        sources = sources_in(inputs, modules)
        return {
            "result": result,
            "mutated": watch.mutated_inputs(),
            "state": watch.changed_state(),
            "tape": self._tapes.record(sources, outputs) if outputs else None,
        }

    def _callable(self, target: object, method: str | None) -> Callable[..., object]:
        """Return what a call names, if the other end may call it."""
        self._check_exported(target)
        if method is None and callable(target):
            return target
        if not isinstance(method, str) or method.startswith("_"):
            raise ProtocolError("a call names no public method")
        if not self._limits.trusting and not offers_method(target, method):
            raise AttributeError(f"the model has no method {clean(method, 40)}")
        found = getattr(target, method)
        if not callable(found):
            raise TypeError(f"{clean(method, 40)} cannot be called")
        return found  # type: ignore[no-any-return] # getattr gives Any

    def _mode(self, target: object, part: object) -> bool:
        """Return whether a part of a module is in training mode; the part "" is the module."""
        return bool(self._part(target, part).training)

    def _set_mode(self, target: object, part: object, mode: object) -> None:
        """Do `module.part.training = mode`; the parts of the part keep their modes."""
        self._part(target, part).training = mode is True

    def _copy(self, target: object, changes: object) -> nn.Module:
        """Return a deep copy of a module; sending it exports it."""
        module = self._module(target)
        if self._limits.trusting:
            apply_changes([module], changes)
        self._limits.add_copy(module)
        return copy.deepcopy(module)

    def _module(self, target: object) -> nn.Module:
        self._check_exported(target)
        if not isinstance(target, nn.Module):
            raise ProtocolError("only a module has a mode or can be copied")
        return target

    def _part(self, target: object, part: object) -> nn.Module:
        found: nn.Module | None = dict(self._module(target).named_modules()).get(str(part))
        if found is None:
            raise ProtocolError("a module has no such part")
        return found

    def _check_exported(self, target: object) -> None:
        if not self._limits.trusting:
            check_exported(target, self._exports.values())
