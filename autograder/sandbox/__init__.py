"""Run untrusted code in confined worker processes and call it through proxies.

Student code runs in worker processes only. A grader holds proxies of what the code defines; they
behave like ordinary PyTorch functions and modules, gradients included. This package knows nothing
of any assignment, and its `worker` subpackage knows nothing of grading.
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
    "StudentError": ("errors", "RemoteError"),
    "StudentGone": ("errors", "Gone"),
    "Session": ("session", "Session"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LAZY[name]
    return getattr(import_module(f".{module}", __name__), attribute)
