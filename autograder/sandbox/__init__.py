"""Run untrusted code in confined worker processes, and call it through proxies.

A submission's code runs in worker processes only. The grader holds proxies for what the code
defines. They behave like ordinary PyTorch functions and modules, gradients included. This package
knows no assignment, and its `worker` subpackage knows nothing about grading.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from autograder.sandbox.budgets import Budgets

if TYPE_CHECKING:
    from autograder.sandbox.cells import Cell, CellReport, LoadReport
    from autograder.sandbox.errors import Gone as StudentGone
    from autograder.sandbox.errors import RemoteError as StudentError
    from autograder.sandbox.sandbox import Sandbox, SandboxError
    from autograder.sandbox.session import Session

__all__ = [
    "Budgets",
    "Cell",
    "CellReport",
    "LoadReport",
    "Sandbox",
    "SandboxError",
    "Session",
    "StudentError",
    "StudentGone",
]

# Lazy: a rubric has budgets, and reading one must not import torch.
_LAZY = {
    "Cell": ("cells", "Cell"),
    "CellReport": ("cells", "CellReport"),
    "LoadReport": ("cells", "LoadReport"),
    "Sandbox": ("sandbox", "Sandbox"),
    "SandboxError": ("sandbox", "SandboxError"),
    "Session": ("session", "Session"),
    "StudentError": ("errors", "RemoteError"),
    "StudentGone": ("errors", "Gone"),
}


def __getattr__(name: str) -> object:
    """Return a public name, importing its module on first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LAZY[name]
    return getattr(import_module(f".{module}", __name__), attribute)
