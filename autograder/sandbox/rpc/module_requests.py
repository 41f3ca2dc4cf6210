"""What one end may ask of a model on the other besides calling it: its modes, and a copy of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

from torch import nn

from autograder.sandbox.rpc import module_mirror
from autograder.sandbox.rpc.channel import WireError
from autograder.sandbox.rpc.limits import Limits, must_be_passed


class Models:
    """Answers for the models that were passed to the other end.

    Args:
        passed: All that was passed; what was not is refused, unless the other end is trusted.
        limits: What the other end may cost.
    """

    def __init__(self, passed: Mapping[int, object], limits: Limits) -> None:
        self._passed, self._limits = passed, limits

    @property
    def handlers(self) -> dict[str, Callable[..., object]]:
        """What can be asked, by name."""
        return {"mode": self._mode, "set_mode": self._set_mode, "copy": self._copy}

    def _mode(self, target: object, part: object) -> bool:
        """Answer whether a part of a model is in training mode; the part "" is the model itself."""
        return bool(self._part(target, part).training)

    def _set_mode(self, target: object, part: object, mode: object) -> None:
        """Do as `model.part.training = mode` does: it sets nothing in the parts of the part."""
        self._part(target, part).training = mode is True

    def _copy(self, target: object, changes: object) -> nn.Module:
        """Answer a deep copy of a model, which is passed from then on."""
        model = self._model(target)
        if self._limits.trusting:
            module_mirror.apply([model], changes)
        self._limits.copied(model)
        return copy.deepcopy(model)

    def _model(self, target: object) -> nn.Module:
        if not self._limits.trusting:
            must_be_passed(target, self._passed.values())
        if not isinstance(target, nn.Module):
            raise WireError("only a module has a mode, or a copy")
        return target

    def _part(self, target: object, part: object) -> nn.Module:
        found: nn.Module | None = dict(self._model(target).named_modules()).get(str(part))
        if found is None:
            raise WireError("a model has no such part")
        return found
