"""The wall between a grader and the code that it grades.

Student code runs in worker processes only. A grader holds proxies of what it defines, which behave
as ordinary PyTorch functions and modules, gradients included. This package knows nothing of any
assignment, and its inner half (`zygote`, `worker`, `cells`) nothing of grading.
"""

from .errors import Gone as StudentGone
from .errors import RemoteError as StudentError
from .reports import Cell, CellReport, LoadReport
from .room import Room, RoomError
from .visit import Visit

__all__ = [
    "Cell",
    "CellReport",
    "LoadReport",
    "Room",
    "RoomError",
    "StudentError",
    "StudentGone",
    "Visit",
]
