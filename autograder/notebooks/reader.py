"""Read the cells of a submitted notebook, however damaged the file is.

nbformat refuses damaged notebooks; this reader keeps whatever is still readable and lists what it
repaired. It never raises: a file that is no notebook gets one sentence that says why.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

# Outputs of 50 MB occur. A character can take 4 bytes in the file, and 4 more once decoded.
MAX_BYTES = 100_000_000
MAX_CELLS = 10_000
# Each JSON value becomes an object of 16 to 200 bytes, so a file of many small values (`[],[],[]`)
# grows fiftyfold. Lines of output are values too; 50 MB of short lines are about 5 million.
MAX_VALUES = 6_000_000

Kind = Literal["code", "markdown", "raw"]

_ESCAPE = re.compile(r"\\.", re.DOTALL)
_CHUNK = 1 << 18  # characters that are split at once; each may become an object of 50 bytes

# The first bytes of other files that students submit by mistake.
_OTHER_FORMATS = (
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF file"),
    (b"<", "a web page (HTML)"),
    (b"\x89PNG", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
)


@dataclass(frozen=True)
class NotebookCell:
    """The parts of a notebook's cell that grading uses.

    Attributes:
        number: Position in the notebook, from 1.
        kind: Current type of the cell; a student may have changed it.
        source: Text of the cell.
        grade_id: nbgrader's name of the cell, if any.
        graded: Whether nbgrader awards points in it.
        solution: Whether it holds an answer.
        locked: Whether students must not change it.
        points: nbgrader's points.
        task: Whether it is what nbgrader calls a task, which a person grades.
    """

    number: int
    kind: Kind
    source: str
    grade_id: str | None = None
    graded: bool = False
    solution: bool = False
    locked: bool = False
    points: float = 0.0
    task: bool = False


@dataclass(frozen=True)
class Notebook:
    """The readable cells of a notebook, and the repairs that reading them needed."""

    cells: tuple[NotebookCell, ...]
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """A file that is not a notebook; `reason` is one sentence."""

    reason: str


def read(data: bytes) -> Notebook | Unreadable:
    """Read a notebook.

    Args:
        data: The bytes of a submitted file, whatever they are.

    Returns:
        The readable cells, or the reason why the file is not a notebook.
    """
    repairs: list[str] = []
    tree = _tree(data, repairs)
    if isinstance(tree, Unreadable):
        return tree
    raw_cells = _raw_cells(tree, repairs)
    if isinstance(raw_cells, Unreadable):
        return raw_cells
    if len(raw_cells) > MAX_CELLS:
        return Unreadable(f"The notebook has {len(raw_cells):,} cells; the limit is {MAX_CELLS:,}.")
    cells = [_cell(number, raw) for number, raw in enumerate(raw_cells, start=1)]
    broken = [number for number, cell in enumerate(cells, start=1) if cell is None]
    if broken:
        places = ", ".join(map(str, broken[:5])) + (", …" if len(broken) > 5 else "")
        repairs.append(f"Unreadable cells were left out: {places}.")
    return Notebook(tuple(cell for cell in cells if cell is not None), tuple(repairs))


def _tree(data: bytes, repairs: list[str]) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Return the JSON value of the file, or why there is none."""
    if reason := _why_not_decoded(data):
        return Unreadable(reason)
    text = _text(data, repairs)
    if _values(text) > MAX_VALUES:
        return Unreadable(f"The file is not a notebook: it has more than {MAX_VALUES:,} values.")
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        return _why_not_json(data, text, error)
    except (RecursionError, MemoryError):
        return Unreadable("The file is nested too deeply to be read.")
    except ValueError as error:  # a number with too many digits
        return Unreadable(f"The file is damaged: {str(error).splitlines()[0]}.")


def too_large(size: int) -> str:
    """Return the sentence that refuses a file of this many bytes."""
    return f"The file has {size / 1e6:,.0f} MB; the limit is {MAX_BYTES / 1e6:,.0f} MB."


def _why_not_decoded(data: bytes) -> str:
    """Return why a file is refused by its size or emptiness, "" if it is not."""
    if len(data) > MAX_BYTES:
        return too_large(len(data))
    if not data.strip(b"\0 \t\r\n"):
        return "The file contains only whitespace." if data else "The file is empty."
    return ""


def _values(text: str) -> int:
    """Return the number of JSON values in a text, or any number above MAX_VALUES if it is larger.

    Counts the characters that start or follow a value. Strings may contain them too, so strings are
    left out if the rough count exceeds the limit. The time is linear in the length of the text, and
    the memory constant, whatever the text: a string that never ends, quotes and backslashes only.
    """
    found = _count(text)
    if found <= MAX_VALUES:
        return found
    found, inside, carry = 0, False, ""
    for start in range(0, len(text), _CHUNK):
        piece = _ESCAPE.sub("", carry + text[start : start + _CHUNK])
        carry = "\\" if piece.endswith("\\") else ""  # the escaped character is in the next chunk
        parts = piece.split('"')
        found += _count("".join(parts[inside::2]))
        inside ^= len(parts) % 2 == 0
        if found > MAX_VALUES:
            break
    return found


def _count(text: str) -> int:
    return sum(map(text.count, ",[{"))


def _text(data: bytes, repairs: list[str]) -> str:
    encoding = json.detect_encoding(data)  # UTF-8, UTF-16 or UTF-32, with or without a BOM
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        repairs.append("The file was not in UTF-8; bytes that could not be decoded became �.")
        return data.decode(encoding, errors="replace")
    if not encoding.startswith("utf-8"):
        repairs.append(f"The file was in {encoding.upper()}, not in UTF-8.")
    return text


def _why_not_json(data: bytes, text: str, error: json.JSONDecodeError) -> Unreadable:
    for start, name in _OTHER_FORMATS:
        if data.lstrip().startswith(start):
            return Unreadable(f"The file is {name}, not a notebook.")
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return Unreadable("The file is not a notebook: it does not start like JSON.")
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated"):
        return Unreadable(
            f"The file is cut off: its JSON ends in line {error.lineno:,}, before it is complete."
        )
    if "<<<<<<<" in text and ">>>>>>>" in text:
        return Unreadable(
            "The file contains the markers of a Git merge conflict (<<<<<<<), so it is not JSON."
        )
    return Unreadable(
        f"The file is damaged: its JSON is invalid in line {error.lineno:,} ({error.msg})."
    )


def _raw_cells(tree: object, repairs: list[str]) -> list[object] | Unreadable:
    """Return the cells of nbformat 4, or of the worksheets of nbformat 3."""
    if not isinstance(tree, dict):
        return Unreadable("The file is JSON, but not a notebook: it is not an object.")
    cells = tree.get("cells")
    if isinstance(cells, list):
        version = tree.get("nbformat")
        if version != 4:
            repairs.append(
                f"The notebook declares nbformat {_short(version)}; it was read as nbformat 4."
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


def _cell(number: int, raw: object) -> NotebookCell | None:
    """Return the cell, or None if it is unreadable."""
    if not isinstance(raw, dict):
        return None
    source = _joined(raw.get("source", raw.get("input", "")))
    if source is None:
        return None
    kind = raw.get("cell_type")
    nbgrader = _nbgrader_metadata(raw.get("metadata"))
    grade_id = nbgrader.get("grade_id")
    return NotebookCell(
        number=number,
        kind="code" if kind == "code" else "raw" if kind == "raw" else "markdown",
        source=source,
        grade_id=grade_id if isinstance(grade_id, str) and grade_id else None,
        graded=nbgrader.get("grade") is True,
        solution=nbgrader.get("solution") is True,
        locked=nbgrader.get("locked") is True,
        points=_number(nbgrader.get("points")),
        task=nbgrader.get("task") is True,
    )


def _joined(source: object) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    return source.encode(errors="replace").decode()  # a lone surrogate cannot be encoded


def _nbgrader_metadata(metadata: object) -> dict[str, object]:
    """Return nbgrader's metadata of a cell, {} if there are none."""
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _number(value: object) -> float:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if plain and abs(value) < 1e9 else 0.0  # type: ignore[arg-type]
