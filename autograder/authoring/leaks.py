"""Search a release for what students must not get: answers, hidden checks, held-back images.

Every released file is searched; in notebooks, every text: cells, outputs and metadata.
"""

from __future__ import annotations

import ast
import gzip
import io
import json
import struct
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

import checkkit
from autograder.assignment.check_files import read_checks
from autograder.authoring.release import files
from autograder.notebooks.stubs import without_whitespace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from autograder.assignment.model import Assignment

# Shorter lines, without blanks ("returnx", "z=mu+eps"), prove nothing: anybody may write them.
MIN_LINE = 14


@dataclass(frozen=True)
class Leak:
    """Something in a released file that students must not get."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def find(assignment: Assignment, release: Path) -> list[Leak]:
    """Return every leak in a release folder."""
    public = _public(assignment)
    secrets = _secret_lines(assignment, public) | _secret_names(assignment, public)
    images = _held_back(assignment)
    found: list[Leak] = []
    for path in files(release):
        name = path.relative_to(release).as_posix()
        data = _unpacked(path.read_bytes())
        text = without_whitespace(_all_text(data))
        found += [Leak(name, what) for secret, what in secrets.items() if secret in text]
        found += [Leak(name, what) for image, what in images.items() if image in data]
    return found


def _public(assignment: Assignment) -> str:
    """Return all text of the source folder and of `checkkit`, without blanks."""
    paths = [
        path
        for path in (*files(assignment.source), *files(checkkit.HOME))
        if path.suffix in {".py", ".ipynb", ".md"}
    ]
    return "\n".join(without_whitespace(_all_text(path.read_bytes())) for path in paths)


def _secret_lines(assignment: Assignment, public: str) -> dict[str, str]:
    """Return the lines of answers and hidden checks that are not public anyway."""
    found: dict[str, str] = {}
    for folder, kind in ((assignment.solutions, "an answer"), (assignment.staff_checks, "a check")):
        for path in sorted(folder.rglob("*.py")):
            for number, line in _telling_lines(path.read_text(encoding="utf-8")):
                if line not in public:
                    where = f"{path.relative_to(assignment.root).as_posix()}, line {number}"
                    found.setdefault(line, f"a line of {kind} ({where})")
    return found


def _telling_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text, without blanks, of the lines of code that identify their file."""
    skipped = _lines_without_code(text)
    for number, line in enumerate(text.splitlines(), start=1):
        squashed = without_whitespace(line)
        plain = squashed.startswith(("import", "from", "@", "class")) and "(" not in squashed
        if number not in skipped and len(squashed) >= MIN_LINE and not plain:
            yield number, squashed


def _lines_without_code(text: str) -> set[int]:
    """Return the numbers of lines that have only a comment or belong to a docstring."""
    without: set[int] = set()
    with_code: set[int] = set()
    no_code = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            without.add(token.start[0])
        elif token.type not in no_code:
            with_code.add(token.start[0])
    without -= with_code
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            without.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return without


def _secret_names(assignment: Assignment, public: str) -> dict[str, str]:
    """Return the names of the hidden checks."""
    found: dict[str, str] = {}
    for path in sorted(assignment.staff_checks.rglob("check_*.py")):
        for check in read_checks([path]):
            # A short name may occur by chance; with the prefix `check_` it identifies the check.
            name = check if check.count("_") > 1 else f"check_{check}"
            if name not in public:
                found[name] = f"the name of a hidden check ({check})"
    return found


def _held_back(assignment: Assignment) -> dict[bytes, str]:
    """Return the bytes of each image in the data files beside the hidden checks."""
    found: dict[bytes, str] = {}
    for path in sorted(assignment.staff_checks.rglob("*")):
        if path.is_file() and path.suffix not in {".py", ".toml", ".pyc", ".txt", ".md"}:
            for number, image in enumerate(_images(_unpacked(path.read_bytes()))):
                found[image] = f"a held-back image ({path.name}, number {number})"
    return found


def _images(data: bytes) -> Iterator[bytes]:
    """Yield the images of an IDX file (unsigned bytes, three dimensions); none for other files."""
    if data[:4] != b"\x00\x00\x08\x03" or len(data) < 16:
        return
    count, rows, columns = struct.unpack(">III", data[4:16])
    size = rows * columns
    for number in range(count):
        image = data[16 + number * size : 16 + (number + 1) * size]
        if len(image) == size and any(image):
            yield image


def _unpacked(data: bytes) -> bytes:
    """Decompress a gzip file, which torchvision reads too; return other data as it is."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError):
        return data


def _all_text(data: bytes) -> str:
    """Return all text in a file; for JSON, its strings unquoted."""
    if b"\0" in data[:64]:
        return ""
    text = data.decode("utf-8", errors="replace")
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return "\n".join(_strings(json.loads(text)))
    except ValueError:
        return text


def _strings(tree: object) -> Iterable[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from (str(key), *_strings(value))
    elif isinstance(tree, list):
        if tree and all(isinstance(item, str) for item in tree):
            yield "".join(tree)
        else:
            for item in tree:
                yield from _strings(item)
