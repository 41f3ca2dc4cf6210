"""File names for students, and files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = ".writing-"
MAX_BYTES = 200  # file systems take 255, and there is a suffix to come
_PLAIN = frozenset("-_.,+@=~ ()")  # beside letters and digits of any script


def write_atomically(path: Path, text: str) -> None:
    """Put `text` into a file such that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(path.parent) as (descriptor, temporary):
        with open(descriptor, "w", encoding="utf-8", closefd=False) as file:
            file.write(text)
        os.fsync(descriptor)
        temporary.chmod(0o644)
        temporary.replace(path)


@contextlib.contextmanager
def _unfinished(folder: Path) -> Iterator[tuple[int, Path]]:
    """Make a file to be written; it is removed if it still has its name at the end.

    It is locked for as long as its writer lives, so that others know whether it is left over.
    """
    while True:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=_PREFIX)
        try:
            # Some file systems have no locks; then nobody can take it for left over, either.
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Somebody may have found it in the moment before it was locked, and removed it.
            if os.fstat(descriptor).st_nlink:
                yield descriptor, Path(name)
                return
        finally:
            Path(name).unlink(missing_ok=True)
            os.close(descriptor)


def remove_unfinished(folder: Path) -> None:
    """Remove what writers that were killed have left in a folder and in those right below it."""
    for pattern in (f"{_PREFIX}*", f"*/{_PREFIX}*"):
        for path in folder.glob(pattern):
            with contextlib.suppress(OSError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails where the writer lives
                path.unlink()


def file_name(student: str) -> str:
    """Return a name that is a file's on Linux and macOS, and another for every student.

    A name of letters, digits and the usual signs is taken as it is. In any other, each odd
    character becomes its bytes in hexadecimal (`%2F`); one that is too long is cut and numbered.
    """
    name = "".join(_written(letter) for letter in student)
    if name.startswith("."):
        name = "%2E" + name[1:]  # hidden files are not looked at; and `..` is a folder
    if len(name.encode()) > MAX_BYTES:
        number = hashlib.sha256(name.encode()).hexdigest()[:16]
        name = name.encode()[: MAX_BYTES - 17].decode(errors="ignore") + "-" + number
    return name or "%"


def _written(letter: str) -> str:
    if letter.isalnum() or letter in _PLAIN:
        return letter
    return "".join(f"%{byte:02X}" for byte in letter.encode(errors="surrogateescape"))
