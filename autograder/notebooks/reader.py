"""From the bytes of a submitted file to its cells, or to one sentence that says why not.

Written by hand rather than with nbformat: a submission may be damaged in any way, and what can
still be read of it must be read. Nothing here raises, whatever the bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 100_000_000  # outputs of 50 MB happen; and a letter may take 4 bytes, twice
MAX_CELLS = 10_000
# Each value of JSON becomes an object of 16 to 200 bytes: a file of many small ones, `[],[],[]`,
# fifty times its size. Lines of output are values too; 50 MB of short ones are some 5 million.
MAX_VALUES = 6_000_000

STUB = "raise NotImplementedError"  # what nbgrader puts where a solution goes

Kind = Literal["code", "markdown", "raw"]

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)

# How files begin that students hand in by mistake.
_NOT_NOTEBOOKS = (
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF file"),
    (b"<", "a web page (HTML)"),
    (b"\x89PNG", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
)


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook, as far as grading looks at it.

    Attributes:
        number: Its place in the notebook, from 1.
        kind: What the cell is now; a student may have changed it.
        source: Its text.
        grade_id: The name that nbgrader gave it, if any.
        graded: Whether nbgrader counts points in it.
        solution: Whether it is for an answer.
        locked: Whether students were not to change it.
        points: nbgrader's points.
    """

    number: int
    kind: Kind
    source: str
    grade_id: str | None = None
    graded: bool = False
    solution: bool = False
    locked: bool = False
    points: float = 0.0


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook that could be read, and what had to be repaired to read them."""

    cells: tuple[Cell, ...]
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """A file that is not a notebook, and why, in one sentence."""

    reason: str


def read(data: bytes) -> Notebook | Unreadable:
    """Read a notebook from the bytes of a file."""
    repairs: list[str] = []
    tree = _tree(data, repairs)
    if isinstance(tree, Unreadable):
        return tree
    raw_cells = _raw_cells(tree, repairs)
    if isinstance(raw_cells, Unreadable):
        return raw_cells
    if len(raw_cells) > MAX_CELLS:
        return Unreadable(
            f"The notebook has {len(raw_cells):,} cells; no more than 10,000 are read."
        )
    cells = [_cell(number, raw) for number, raw in enumerate(raw_cells, start=1)]
    broken = [number for number, cell in enumerate(cells, start=1) if cell is None]
    if broken:
        places = ", ".join(map(str, broken[:5])) + (", …" if len(broken) > 5 else "")
        repairs.append(f"Unreadable cells were left out: {places}.")
    return Notebook(tuple(cell for cell in cells if cell is not None), tuple(repairs))


def _tree(data: bytes, repairs: list[str]) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Return the JSON in the bytes."""
    if reason := _why_not_looked_at(data):
        return Unreadable(reason)
    text = _text(data, repairs)
    if _values(text) > MAX_VALUES:
        return Unreadable(f"The file is no notebook: it holds more than {MAX_VALUES:,} values.")
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        return _why_not_json(data, text, error)
    except (RecursionError, MemoryError):
        return Unreadable("The file is nested so deeply that it cannot be read.")
    except ValueError as error:  # a number with too many digits
        return Unreadable(f"The file is damaged: {str(error).splitlines()[0]}.")


def _why_not_looked_at(data: bytes) -> str:
    """Return why nobody need look into a file, nothing if somebody must."""
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES / 1e6:,.0f} MB"
        return f"The file has {len(data) / 1e6:,.0f} MB; no more than {limit} are read."
    if not data.strip(b"\0 \t\r\n"):
        return "The file holds nothing but blanks." if data else "The file is empty."
    return ""


def _values(text: str) -> int:
    """Return how many values JSON holds, or any number above MAX_VALUES if they are too many.

    They are counted by what begins or follows them. Strings may hold the same signs; they are
    skipped one by one, in no memory, and only where a first rough count makes it matter.
    """
    rough = sum(map(text.count, ",[{"))
    if rough <= MAX_VALUES:
        return rough
    found = end = 0
    for string in _STRING.finditer(text):
        found += sum(text.count(sign, end, string.start()) for sign in ",[{")
        end = string.end()
        if found > MAX_VALUES:
            return found
    return found + sum(text.count(sign, end) for sign in ",[{")


def _text(data: bytes, repairs: list[str]) -> str:
    encoding = json.detect_encoding(data)  # UTF-8, UTF-16 or UTF-32, with or without a mark
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        repairs.append("The file was not in UTF-8; letters that could not be read became �.")
        return data.decode(encoding, errors="replace")
    if not encoding.startswith("utf-8"):
        repairs.append(f"The file was in {encoding.upper()}, not in UTF-8.")
    return text


def _why_not_json(data: bytes, text: str, error: json.JSONDecodeError) -> Unreadable:
    for start, name in _NOT_NOTEBOOKS:
        if data.lstrip().startswith(start):
            return Unreadable(f"The file is {name}, not a notebook.")
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return Unreadable("The file is not a notebook: it does not begin as JSON.")
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated"):
        return Unreadable(
            f"The file is cut off: its JSON ends in the middle, in line {error.lineno:,}."
        )
    if "<<<<<<<" in text and ">>>>>>>" in text:
        return Unreadable(
            "The file holds marks of a Git merge conflict (<<<<<<<), so it is no JSON."
        )
    return Unreadable(
        f"The file is damaged: its JSON breaks in line {error.lineno:,} ({error.msg})."
    )


def _raw_cells(tree: object, repairs: list[str]) -> list[object] | Unreadable:
    """Return the list of cells, from nbformat 4 or from the worksheets of nbformat 3."""
    if not isinstance(tree, dict):
        return Unreadable("The file is JSON, but not a notebook: it is no object.")
    cells = tree.get("cells")
    if isinstance(cells, list):
        version = tree.get("nbformat")
        if version != 4:
            repairs.append(
                f"The notebook says nbformat {_short(version)}; it was read as nbformat 4."
            )
        return cells
    worksheets = tree.get("worksheets")
    if isinstance(worksheets, list):
        repairs.append("The notebook is in the old nbformat 3; it was converted.")
        sheets = [sheet.get("cells") for sheet in worksheets if isinstance(sheet, dict)]
        return [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    return Unreadable("The file is JSON, but not a notebook: it has no list of cells.")


def _short(value: object) -> str:
    return repr(value)[:20] if isinstance(value, (int, float, str)) else "nothing"


def _cell(number: int, raw: object) -> Cell | None:
    """Return the cell, or None if nothing can be made of it."""
    if not isinstance(raw, dict):
        return None
    source = _joined(raw.get("source", raw.get("input", "")))
    if source is None:
        return None
    kind = raw.get("cell_type")
    marks = _marks(raw.get("metadata"))
    grade_id = marks.get("grade_id")
    return Cell(
        number=number,
        kind="code" if kind == "code" else "raw" if kind == "raw" else "markdown",
        source=source,
        grade_id=grade_id if isinstance(grade_id, str) and grade_id else None,
        graded=marks.get("grade") is True,
        solution=marks.get("solution") is True,
        locked=marks.get("locked") is True,
        points=_number(marks.get("points")),
    )


def _joined(source: object) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    return source.encode(errors="replace").decode()  # a lone surrogate can be written nowhere


def _marks(metadata: object) -> dict[str, object]:
    """Return nbgrader's marks on a cell, {} if there are none."""
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _number(value: object) -> float:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if plain and abs(value) < 1e9 else 0.0  # type: ignore[arg-type]


def squash(text: str) -> str:
    """Return the text without any blanks, to compare what was typed."""
    return "".join(text.split())


def released(source: str) -> str:
    """Return a stub as students get it: nbgrader puts its own text in each solution's place."""
    return "\n".join(_without_solutions(source))


def _without_solutions(source: str) -> Iterator[str]:
    inside = False
    for line in source.split("\n"):
        if "BEGIN SOLUTION" in line:
            inside = True
            yield line[: len(line) - len(line.lstrip())] + STUB
        elif "END SOLUTION" in line:
            inside = False
        elif not inside:
            yield line
