"""Notice that files have changed, without reading them."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

# By path: when it was last changed (0 for a folder, whose files show it), its size, its identity.
Stamps = Mapping[str, tuple[int, int, int]]
_LEFT_OUT = frozenset({".git", "__pycache__", ".ipynb_checkpoints"})


def stamps(paths: Iterable[Path], ignore: Collection[Path] = ()) -> Stamps:
    """Return the stamps of these files and of all that is below these folders.

    Links are not followed, and what cannot be read is left out.

    Args:
        paths: Files and folders.
        ignore: Folders to leave out.
    """
    ignored = {str(path.absolute()) for path in ignore}
    found: dict[str, tuple[int, int, int]] = {}
    for path in paths:
        with suppress(OSError):
            for name, status in _below(str(path.absolute()), ignored):
                changed = 0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns
                found[name] = changed, status.st_size, status.st_ino
    return found


def _below(path: str, ignored: Collection[str]) -> Iterator[tuple[str, os.stat_result]]:
    status = os.lstat(path)
    yield path, status
    if not stat.S_ISDIR(status.st_mode):
        return
    with suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if entry.name not in _LEFT_OUT and entry.path not in ignored:
                with suppress(OSError):  # it has gone since
                    yield from _below(entry.path, ignored)
