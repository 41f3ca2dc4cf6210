"""Ignore `torch.compile` and `torch.autocast`, which answers use only to be faster.

`torch.compile` starts compilers and writes caches, which a confined worker cannot; importing it
alone may take longer than a cell has. By its contract it changes no result, so the worker gives
back what it is passed. `torch.autocast` computes some operations in lower precision. If an answer
uses it in only some of its methods, their results agree to only three digits, and bfloat16 on a CPU
is slow. So the worker computes in the precision that the tensors have.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

# Read when torch._dynamo is imported, for answers that use it without `torch.compile`. They are
# set in the worker, not the zygote: an answer may read the environment, and write it.
_VARIABLES = {"TORCH_COMPILE_DISABLE": "1", "TORCHDYNAMO_DISABLE": "1"}


def ignore_speed_hints() -> None:
    """Make `torch.compile` and `torch.autocast` do nothing in this process."""
    os.environ.update(_VARIABLES)
    torch.compile = _compile
    torch.nn.Module.compile = _compile_in_place  # type: ignore[assignment,method-assign] # positional
    # `torch.cpu.amp.autocast` and `torch.amp.autocast` are this class or inherit from it.
    torch.autocast.__init__ = _disabled(torch.autocast.__init__)  # type: ignore[method-assign] # likewise


def _compile(model: Any = None, **_options: object) -> Any:
    """Return what `torch.compile` is called with, or a decorator that does so."""
    return (lambda decorated: decorated) if model is None else model


def _compile_in_place(_module: torch.nn.Module, *_args: object, **_options: object) -> None:
    """Do nothing in place of `nn.Module.compile`."""


def _disabled(init: Callable[..., None]) -> Callable[..., None]:
    """Return `autocast.__init__` with `enabled=False`, whatever it is called with."""

    @wraps(init)
    def disabled(
        self: torch.autocast,
        device_type: str,
        dtype: torch.dtype | None = None,
        enabled: bool = True,  # noqa: FBT001, FBT002 - autocast's signature
        cache_enabled: bool | None = None,  # noqa: FBT001 - likewise
    ) -> None:
        del enabled
        init(self, device_type, dtype=dtype, enabled=False, cache_enabled=cache_enabled)

    return disabled
