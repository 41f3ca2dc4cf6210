"""Tensors in nested lists, tuples and dicts: what arguments and results are made of."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


def tensors_in(value: object) -> list[Tensor]:
    """Return the tensors in nested lists, tuples and dicts, in order."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in tensors_in(item)]
    if isinstance(value, dict):
        return [tensor for item in value.values() for tensor in tensors_in(item)]
    return []


def map_tensors(value: object, function: Callable[[Tensor], Tensor]) -> object:
    """Return the value with each tensor replaced by what `function` makes of it."""
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, list):
        return [map_tensors(item, function) for item in value]
    if isinstance(value, tuple):
        return tuple(map_tensors(item, function) for item in value)
    if isinstance(value, dict):
        return {key: map_tensors(item, function) for key, item in value.items()}
    return value
