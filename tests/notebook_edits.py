"""What happens to notebooks in students' hands: edits of their cells, and damage to their files."""

from __future__ import annotations

import copy
from typing import Any

Cell = dict[str, Any]

# Edits of notebooks: each function below changes the list of cells.


def find(cells: list[Cell], grade_id: str) -> int:
    """Return the position of the cell with this grade_id."""
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    return names.index(grade_id)


def code_cell(source: str, name: str) -> Cell:
    """Return a cell as a student adds one, without nbgrader metadata."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def insert(cells: list[Cell], source: str, *, before: str, offset: int = 0) -> None:
    """Insert a cell before the cell with this grade_id."""
    at = find(cells, before) + offset
    cells.insert(at, code_cell(source, f"added-{len(cells)}"))


def rewrite(cells: list[Cell], grade_id: str, old: str, new: str) -> None:
    """Replace text in a cell, which must contain it."""
    cell = cells[find(cells, grade_id)]
    source = "".join(cell["source"])
    assert old in source, f"{grade_id}: no {old!r} to replace"
    cell["source"] = source.replace(old, new).splitlines(keepends=True)


def duplicate(cells: list[Cell], grade_id: str) -> None:
    """Duplicate a cell with its metadata, as copy and paste does."""
    at = find(cells, grade_id)
    cells.insert(at, copy.deepcopy(cells[at]) | {"id": f"copy-{len(cells)}"})


def retype(cells: list[Cell], grade_id: str, kind: str) -> None:
    """Change a cell's type, as an accidental M or R does."""
    at = find(cells, grade_id)
    kept = {key: cells[at][key] for key in ("id", "metadata", "source")}
    cells[at] = kept | {"cell_type": kind}


def split(cells: list[Cell], grade_id: str, at: str) -> None:
    """Split a cell before this text; both halves keep the metadata."""
    duplicate(cells, grade_id)
    first = find(cells, grade_id)
    head, found, tail = "".join(cells[first]["source"]).partition(at)
    cells[first]["source"] = head.splitlines(keepends=True)
    cells[first + 1]["source"] = (found + tail).splitlines(keepends=True)


def delete(cells: list[Cell], grade_id: str) -> None:
    """Delete a cell."""
    del cells[find(cells, grade_id)]


# Damage to files.


def cut_short(notebook: bytes) -> bytes:
    """Return the first half, as after an interrupted upload."""
    return notebook[: len(notebook) // 2]


def nothing(_: bytes) -> bytes:
    """Return an empty file."""
    return b""


def no_notebook(_: bytes) -> bytes:
    """Return a PDF under the notebook's name."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def other_encoding(notebook: bytes) -> bytes:
    """Return the notebook in UTF-16, as an editor on Windows may save it."""
    return notebook.decode().encode("utf-16")
