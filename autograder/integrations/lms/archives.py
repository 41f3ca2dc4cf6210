"""Unpack the archive of a class, and the archives that students have handed in inside it.

A student's archive may be anything: broken, encrypted, a bomb, one that writes elsewhere. Whatever
cannot be unpacked is left as it is, and the others are unpacked.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from autograder.notebooks.reader import MAX_BYTES

_MAX_FILES = 1000  # of one student's archive
_MAX_DEPTH = 3  # archives in archives in archives
_BROKEN = (
    *(OSError, ValueError, RuntimeError, NotImplementedError),  # encrypted, unknown compression
    *(EOFError, zipfile.BadZipFile, zlib.error),
)


def unpack(archive: Path, folder: Path) -> Iterator[str]:
    """Unpack a zip archive of a class to a new folder, with those of students inside.

    An unpacked archive of a student becomes a folder in its place.

    Args:
        archive: The archive.
        folder: Where to; made if necessary.

    Yields:
        What was not unpacked, and why, one sentence each.
    """
    yield from _unpack(archive, folder)
    yield from _unpack_nested(folder, _MAX_DEPTH)


def _unpack_nested(folder: Path, depth: int) -> Iterator[str]:
    found = (path for path in folder.rglob("*") if path.suffix.lower() == ".zip")
    for path in sorted(one for one in found if one.is_file() and not one.is_symlink()):
        inside = path.with_suffix("")
        if inside.exists():
            inside = path.with_name(f"{path.name} unpacked")
        if reason := _too_much(path, depth):
            yield f"{path.relative_to(folder)}: {reason}"
            continue
        problems = list(_unpack(path, inside))
        yield from problems
        if not problems:
            path.unlink()
        yield from _unpack_nested(inside, depth - 1)


def _too_much(path: Path, depth: int) -> str:
    """Return why a student's archive is not unpacked, "" if it is."""
    if depth <= 0:
        return f"an archive in {_MAX_DEPTH} others"
    try:
        with zipfile.ZipFile(path) as archive:
            files = archive.infolist()
    except _BROKEN as error:
        return f"cannot be opened: {error}"
    if len(files) > _MAX_FILES:
        return f"has more than {_MAX_FILES} files"
    if sum(info.file_size for info in files) > MAX_BYTES:
        return f"has more than {MAX_BYTES / 1e6:g} MB"
    return ""


def _unpack(archive: Path, folder: Path) -> Iterator[str]:
    """Unpack one archive, entry by entry."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                if not info.is_dir() and (reason := _extract(opened, info, folder)):
                    yield f"{archive.name}: {_name(info)!r}: {reason}"
    except _BROKEN as error:
        yield f"{archive.name}: {error}"


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path) -> str:
    """Write one file; return why it could not be written, "" if it was."""
    parts = [part for part in _name(info).replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        return "a name that leads elsewhere"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a symbolic link"
    path = folder.joinpath(*parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, path.open("xb") as target:
            shutil.copyfileobj(source, target)
        seconds = time.mktime((*info.date_time, 0, 0, -1))
        os.utime(path, (seconds, seconds))  # of two downloads, the later has the later times
    except (*_BROKEN, OverflowError) as error:
        return str(error) or type(error).__name__
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of an entry; many programs write UTF-8 and do not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename
