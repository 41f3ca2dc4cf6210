"""The wall between a grader and the code that it grades.

Student code runs in worker processes only. A grader holds proxies of what it defines, which behave
as ordinary PyTorch functions and modules, gradients included. This package knows nothing of any
assignment, and its inner half (`zygote`, `worker`, `cells`) nothing of grading.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .budgets import Budgets

if TYPE_CHECKING:
    from .errors import Gone as StudentGone
    from .errors import RemoteError as StudentError
    from .reports import Cell, CellReport, LoadReport
    from .room import Room, RoomError
    from .visit import Visit

__all__ = [
    "Budgets",
    "Cell",
    "CellReport",
    "LoadReport",
    "Room",
    "RoomError",
    "StudentError",
    "StudentGone",
    "Visit",
]

# Found when first asked for: a rubric has budgets, and reading one must not wait for torch.
_PLACES = {
    "Cell": ("reports", "Cell"),
    "CellReport": ("reports", "CellReport"),
    "LoadReport": ("reports", "LoadReport"),
    "Room": ("room", "Room"),
    "RoomError": ("room", "RoomError"),
    "StudentError": ("errors", "RemoteError"),
    "StudentGone": ("errors", "Gone"),
    "Visit": ("visit", "Visit"),
}


def __getattr__(name: str) -> object:
    """Return what this package offers by this name."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, its_name = _PLACES[name]
    return getattr(import_module(f".{module}", __name__), its_name)
