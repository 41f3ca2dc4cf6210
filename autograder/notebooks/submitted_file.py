"""Read what a student handed in: the only module of the grader that opens such a file.

A submission may be anything that a file system can contain: a link, a pipe, a device, a file
without permissions, a sparse file of a hundred gigabytes. Each gets a verdict, and none raises an
exception.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from autograder.notebooks.reader import MAX_BYTES, Unreadable, too_large
from autograder.support.files import printable_name

Submitted = bytes | Mapping[str, bytes]
"""A notebook, or the notebooks of an assignment with several, by file name."""

# A pipe without a writer must not block, a terminal must not become the grader's own.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_submission(path: Path) -> bytes | Unreadable:
    """Return the bytes of a submitted file, or one sentence that says why it cannot be read.

    Only a regular file of a notebook's size is read. Links in the folders above it are followed;
    `runners.submissions.collect` refuses those.
    """
    name = printable_name(path.name)
    try:
        # Before opening: opening a device or a pipe can have side effects.
        if reason := _why_not(name, path.lstat()):
            return Unreadable(reason)
        descriptor = os.open(path, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            if reason := _why_not(name, os.fstat(descriptor)):
                return Unreadable(reason)
            data = file.read(MAX_BYTES + 1)  # the file may have grown
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        return Unreadable(f"{name} cannot be read: {reason_of(error)}.")
    return Unreadable(too_large(len(data))) if len(data) > MAX_BYTES else data


def sha256_of(submitted: Submitted) -> str:
    """Return the hash of what a student handed in."""
    if isinstance(submitted, bytes):
        return hashlib.sha256(submitted).hexdigest()
    parts = [f"{name}\0{sha256_of(data)}" for name, data in sorted(submitted.items())]
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()


def reason_of(error: OSError | ValueError) -> str:
    """Return why the operating system refused, without the path that an exception names."""
    return getattr(error, "strerror", None) or type(error).__name__


def _why_not(name: str, status: os.stat_result) -> str:
    """Return why a file of this kind and size is not read, "" if it is."""
    for is_kind, kind in _KINDS:
        if is_kind(status.st_mode):
            return f"{name} is {kind}, not a file."
    return too_large(status.st_size) if status.st_size > MAX_BYTES else ""
