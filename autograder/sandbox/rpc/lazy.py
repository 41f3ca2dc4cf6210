"""Parameters and buffers that lazy layers, such as `nn.LazyLinear`, have not made yet.

They have no shape until their layer is called, and most of what a tensor can do raises an
exception. `torch.nn.parameter.is_lazy` recognizes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter, is_lazy


def make_from_state(module: nn.Module, state_dict: Mapping[str, Any], prefix: str) -> None:
    """Give what a module has not made yet the shapes in a state, as a lazy layer does."""
    for name, held in [*module._parameters.items(), *module._buffers.items()]:
        content = state_dict.get(prefix + name)
        if held is not None and is_lazy(held) and isinstance(content, Tensor):
            materialize(held, content)


def materialize(lazy: Tensor, content: Tensor) -> None:
    """Give what is not made yet the shape of `content`; its numbers are arbitrary."""
    cast("UninitializedParameter", lazy).materialize(content.shape, dtype=content.dtype)
