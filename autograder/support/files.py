"""File names for students, atomic writes, and paths relative to a course."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_TEMPORARY_PREFIX = ".writing-"
_MAX_NAME_BYTES = 200  # file systems allow 255; a suffix is added
_PLAIN = frozenset("-_.,+@=~ ()")  # kept as they are, like letters and digits of any script


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` to a file so that a reader sees the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_file(path.parent) as (descriptor, temporary):
        with open(descriptor, "w", encoding="utf-8", closefd=False) as file:
            file.write(text)
        os.fsync(descriptor)
        temporary.chmod(mode)
        temporary.replace(path)


@contextlib.contextmanager
def _temporary_file(folder: Path) -> Iterator[tuple[int, Path]]:
    """Create a temporary file; remove it at the end unless it was renamed.

    The file is locked while its writer lives, so that `remove_unfinished` can recognize leftovers.
    """
    while True:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=_TEMPORARY_PREFIX)
        try:
            # Some file systems have no locks. There, remove_unfinished cannot lock it either.
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            # remove_unfinished may have removed the file before it was locked.
            if os.fstat(descriptor).st_nlink:
                yield descriptor, Path(name)
                return
        finally:
            Path(name).unlink(missing_ok=True)
            os.close(descriptor)


def remove_unfinished(folder: Path) -> None:
    """Remove the temporary files of killed writers from a folder and its direct subfolders."""
    for pattern in (f"{_TEMPORARY_PREFIX}*", f"*/{_TEMPORARY_PREFIX}*"):
        for path in folder.glob(pattern):
            with contextlib.suppress(OSError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while the writer lives
                path.unlink()


def printable_name(name: str, limit: int = 80) -> str:
    """Return a name for people: without control characters, cut to `limit` characters."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in name)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def file_name(student: str) -> str:
    """Return a file name for a student: valid on Linux and macOS, and unique.

    Letters, digits and common punctuation are kept. Every other character is replaced by its bytes
    in hexadecimal (`%2F`). A name that is too long is cut and ends in a hash of the whole name.
    """
    name = "".join(_escaped(letter) for letter in student)
    if name.startswith("."):
        name = "%2E" + name[1:]  # readers of a folder skip hidden files; `..` is a folder
    if len(name.encode()) > _MAX_NAME_BYTES:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        name = name.encode()[: _MAX_NAME_BYTES - 17].decode(errors="ignore") + "-" + digest
    return name or "%"


def _escaped(letter: str) -> str:
    if letter.isalnum() or letter in _PLAIN:
        return letter
    return "".join(f"%{byte:02X}" for byte in letter.encode(errors="surrogateescape"))


def is_hidden(root: Path, path: Path) -> bool:
    """Return whether a file below `root` is hidden or in a cache folder of Python."""
    parts = relative_path(root, path).parts
    return any(part == "__pycache__" or part.startswith(".") for part in parts)


def relative_path(root: Path, path: Path) -> Path:
    """Return `path` relative to `root`, or its name alone if it is elsewhere."""
    return path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
