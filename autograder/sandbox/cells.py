"""The cells that a sandbox runs, and the reports on how they ran."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Cell:
    """A notebook cell for the sandbox to run.

    Attributes:
        id: What messages call the cell.
        source: Its code, magics included.
        kind: In an `answer` cell every statement is run; in an `extra` cell, and in one that was
            cut off, only imports, definitions, and statements that bind a name which the answers
            use.
    """

    id: str
    source: str
    kind: Literal["answer", "extra"]


@dataclass(frozen=True)
class CellReport:
    """How a cell ran.

    Attributes:
        id: The cell's id.
        status: `ok`, `syntax error`, `raised`, or `cut off` (a statement hung or ended its process,
            and of the rest only definitions were run; or the cell was not run).
        message: One line that gives the reason; empty if the status is `ok`.
    """

    id: str
    status: str
    message: str


@dataclass(frozen=True)
class LoadReport:
    """How a submission's cells ran.

    Attributes:
        cells: One report for each cell, in the notebook's order.
        names: The wanted names that the cells define, each with the name of its type.
    """

    cells: list[CellReport] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
