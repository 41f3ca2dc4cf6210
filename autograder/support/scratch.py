"""Temporary folders of a running program; the next one removes those of killed programs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

# It marks our folders: a folder of another program is never taken for one of ours.
_PREFIX = "autograder-"


class ScratchFolder:
    """A new temporary folder. It is locked as long as this process, or a fork of it, lives.

    Args:
        kind: A word for the folder's name.
        remove: Removes a folder with everything in it.

    Attributes:
        path: The folder.
    """

    def __init__(self, kind: str, remove: Callable[[Path], None]) -> None:
        self._remove = remove
        prefix = f"{_PREFIX}{kind}-"
        for leftover in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            _remove_unlocked(leftover, remove)
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=prefix))
            self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            # Some file systems have no locks. There, no leftovers are removed either.
            with contextlib.suppress(OSError):
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            # Another process may have removed the folder before it was locked.
            if os.fstat(self._lock).st_nlink:
                return
            os.close(self._lock)

    def close(self) -> None:
        """Remove the folder."""
        self._remove(self.path)
        os.close(self._lock)


def _remove_unlocked(folder: Path, remove: Callable[[Path], None]) -> None:
    """Remove a folder of this user's that no living process has locked; follow no link."""
    with contextlib.suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(lock).st_uid == os.geteuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its owner lives
                remove(folder)
        finally:
            os.close(lock)
