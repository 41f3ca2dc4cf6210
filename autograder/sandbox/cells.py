"""What goes into the room, cell by cell, and what is told of how it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Cell:
    """A cell that goes into the room.

    Attributes:
        id: What messages call it.
        source: Its Python, magics and all.
        kind: Of an `answer` every statement is run; of an `extra` cell only imports, definitions,
            and what the answers use.
    """

    id: str
    source: str
    kind: Literal["answer", "extra"]


@dataclass(frozen=True)
class CellReport:
    """How a cell went: ok, syntax error, raised, or cut off, and the one line that says why."""

    id: str
    status: str
    message: str


@dataclass(frozen=True)
class LoadReport:
    """How a notebook went: its cells, and which of the wanted names it defines, as what."""

    cells: list[CellReport] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
