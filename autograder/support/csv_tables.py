"""CSV files whose cells no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

# Spreadsheets read a cell that starts with one of these as a formula, or may after a conversion.
_FORMULA = "[=+@＝＋－＠-]"
# Some split lines at semicolons or tabs, even within quotes: a formula can start inside a cell too.
# Pairs of patterns: what precedes the place where an apostrophe makes it text, and what follows it.
_PLACES = (
    (r"(?:^|(?<=[;\t\n]))", rf"(?=[\s'\"]*{_FORMULA})"),
    (r"(?<=,)", rf"(?=['\"]*{_FORMULA})"),  # no space: ", -1" is frequent in messages, and quoted
    (r"^", r"(?='*[\t\n])"),
)
_TO_ESCAPE = re.compile("|".join(before + after for before, after in _PLACES))
_ESCAPED = re.compile("|".join(f"{before}'{after}" for before, after in _PLACES))
_QUOTED = re.compile(r"[,;\t\n\r\"]|^\s|\s$")


def to_csv(rows: Iterable[Sequence[object]], delimiter: str = ",", decimal: str = ".") -> str:
    """Return rows as CSV; numbers stay numbers, and no text becomes a formula.

    Args:
        rows: The rows.
        delimiter: A comma, a semicolon or a tab.
        decimal: A decimal point, or a decimal comma.
    """
    return to_csv_unescaped([[_escaped(cell, decimal) for cell in row] for row in rows], delimiter)


def to_csv_unescaped(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Return rows as CSV; the cells must have been escaped before."""
    return "".join(delimiter.join(map(_quoted, row)) + "\n" for row in rows)


def read_rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file that `to_csv` wrote, without the header; [] if unreadable."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]
    except (OSError, ValueError, csv.Error):
        return []


def _escaped(cell: object, decimal: str) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return f"{cell:.10g}".replace(".", decimal) if isinstance(cell, float) else str(cell)
    if cell.strip() in {"-", "+"}:
        return cell  # Moodle's placeholder for an empty value
    # Some readers end a line at a lone \r, and some writers do not quote it.
    cell = cell.replace("\0", "�").replace("\r\n", "\n").replace("\r", "\n")
    return _TO_ESCAPE.sub("'", cell)


def _quoted(cell: str) -> str:
    quoted = cell.replace('"', '""')
    return f'"{quoted}"' if _QUOTED.search(cell) else cell


def unescape(cell: str) -> str:
    """Return the text of a cell that `to_csv` escaped."""
    return _ESCAPED.sub("", cell)
