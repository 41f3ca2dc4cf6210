"""What a call changes besides what it returns: its inputs, and the state of its modules."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from autograder.sandbox.rpc.codec import as_bytes


class Watch:
    """Detects which inputs and buffers a call changed, by comparing bytes.

    Version counters would be cheaper, but `.data`, NumPy and batch normalization bypass them.
    """

    def __init__(self, inputs: Sequence[Tensor], modules: Sequence[nn.Module]) -> None:
        self._inputs = [(tensor, tensor.detach().clone()) for tensor in inputs]
        self._modules = modules
        self._buffers = [
            {
                path: buffer.detach().clone()
                for path, buffer in module.named_buffers()
                if not is_lazy(buffer)
            }
            for module in modules
        ]
        # Parameters that lazy layers have not made yet, by module and path.
        self._unmade = {
            (position, path)
            for position, module in enumerate(modules)
            for path, parameter in module.named_parameters()
            if is_lazy(parameter)
        }

    def mutated_inputs(self) -> list[tuple[int, Tensor]]:
        """Return (position, new content) of each input that changed."""
        return [
            (position, tensor.detach())
            for position, (tensor, before) in enumerate(self._inputs)
            if not _same_bytes(tensor, before)
        ]

    def changed_state(self) -> list[tuple[int, str, Tensor]]:
        """Return (module, path, content) of each buffer that changed, and of what was made."""
        changed = [
            (position, path, buffer.detach())
            for position, (module, before) in enumerate(
                zip(self._modules, self._buffers, strict=True)
            )
            for path, buffer in module.named_buffers()
            if not is_lazy(buffer) and (path not in before or not _same_bytes(buffer, before[path]))
        ]
        made = [
            (position, path, parameter.detach())
            for position, module in enumerate(self._modules if self._unmade else ())
            for path, parameter in module.named_parameters()
            if (position, path) in self._unmade and not is_lazy(parameter)
        ]
        return changed + made


def _same_bytes(one: Tensor, other: Tensor) -> bool:
    """Return whether two tensors hold the same bytes; unlike in `torch.equal`, NaN equals NaN."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    return torch.equal(*_in_words(as_bytes(one), as_bytes(other)))


def _in_words(*parts: Tensor) -> list[Tensor]:
    """Return bytes as 8-byte words, if aligned: comparing these takes a seventh of the time."""
    if any(part.numel() % 8 or part.storage_offset() % 8 for part in parts):
        return list(parts)
    return [part.view(torch.int64) for part in parts]
