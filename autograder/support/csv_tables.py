"""CSV files whose cells no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

# Spreadsheets read a cell that starts with one of these as a formula, or may after a conversion.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV; numbers stay numbers, and no text becomes a formula."""
    return to_csv_unescaped([[_escaped(cell) for cell in row] for row in rows])


def to_csv_unescaped(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV; the cells must have been escaped before."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def read_rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file that `to_csv` wrote, without the header; [] if unreadable."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]
    except (OSError, ValueError, csv.Error):
        return []


def _escaped(cell: object) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
    if cell.strip() in {"-", "+"}:
        return cell  # Moodle's placeholder for an empty value
    # Some readers end a line at a lone \r, and some writers do not quote it.
    cell = cell.replace("\0", "�").replace("\r\n", "\n").replace("\r", "\n")
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def unescape(cell: str) -> str:
    """Return the text of a cell that `to_csv` escaped."""
    escaped = cell[:1] == "'" and cell[1:].lstrip(" ").startswith(_FORMULA_STARTS)
    return cell[1:] if escaped else cell
