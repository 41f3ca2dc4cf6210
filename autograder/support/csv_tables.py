"""Comma-separated values that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

# A cell that begins with one of these is a formula to a spreadsheet, or may become one.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def text_of(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as the text of a CSV file; numbers stay numbers, text never becomes a formula."""
    return text_of_safe([[_safe(cell) for cell in row] for row in rows])


def text_of_safe(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as the text of a CSV file whose cells have been made safe before."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def rows_of(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file that `text_of` wrote, its first line left out; [] if none."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]
    except (OSError, ValueError, csv.Error):
        return []


def _safe(cell: object) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
    if cell.strip() in {"-", "+"}:
        return cell  # Moodle writes one where there is nothing
    # a lone \r ends a line for some readers and stands unquoted for some writers
    cell = cell.replace("\0", "�").replace("\r\n", "\n").replace("\r", "\n")
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS) else cell


def plain(cell: str) -> str:
    """Return a cell's text as it was before it was made safe."""
    return cell[1:] if cell[:1] == "'" and cell[1:].lstrip(" ").startswith(_STARTS) else cell
