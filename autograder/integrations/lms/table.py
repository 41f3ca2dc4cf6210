"""A CSV file from another system, read as it is and written back alike."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.support.errors import UsageError

_DELIMITERS = ",;\t"
_WITH_COMMA = re.compile(r"-?\d+,\d{1,2}")
_WITH_POINT = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True)
class Table:
    """The cells of a file, and how they are written.

    Attributes:
        path: The file.
        header: The names of the columns.
        lines: The other rows, all of the header's width.
        delimiter: What is between two cells.
        decimal: The decimal point, or the decimal comma.
    """

    path: Path
    header: list[str]
    lines: list[list[str]]
    delimiter: str = ","
    decimal: str = "."

    def number(self, cell: str) -> float | None:
        """Return the number in a cell; None if there is none."""
        try:
            return float(cell.strip().replace(self.decimal, "."))
        except ValueError:
            return None


def read_table(path: Path) -> Table:
    """Read a CSV file whose cells are separated by commas, semicolons or tabs.

    Raises:
        UsageError: If the file cannot be read or is empty.
    """
    try:
        text = _decoded(path.read_bytes())
        delimiter = _delimiter(text)
        rows = [row for row in csv.reader(io.StringIO(text, ""), delimiter=delimiter) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"{path}: {error}") from None
    if not rows:
        raise UsageError(f"{path}: the file is empty")
    header, *lines = rows
    lines = [(row + [""] * len(header))[: len(header)] for row in lines]
    return Table(path, header, lines, delimiter, _decimal(lines, delimiter))


def _decoded(data: bytes) -> str:
    """Return a text that a system or a spreadsheet has saved."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _delimiter(text: str) -> str:
    """Return the delimiter that makes most cells of the header; commas if none makes two."""

    def columns(delimiter: str) -> int:
        return len(next(csv.reader(io.StringIO(text, ""), delimiter=delimiter), []))

    return max(_DELIMITERS, key=columns)


def _decimal(lines: Sequence[Sequence[str]], delimiter: str) -> str:
    """Return what the numbers have; where none has a fraction, what goes with the delimiter."""
    cells = [cell.strip() for line in lines for cell in line]
    if any(map(_WITH_POINT.fullmatch, cells)):
        return "."
    return "," if delimiter == ";" or any(map(_WITH_COMMA.fullmatch, cells)) else "."
