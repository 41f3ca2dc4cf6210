"""Remove a folder whatever is in it: a submission may have filled it to make removing it fail."""

from __future__ import annotations

import contextlib
from pathlib import Path


def sweep(folder: Path) -> None:
    """Remove a folder of ours and all that somebody has put into it.

    Not `shutil.rmtree`: that recurses, gives up on a thousand folders within each other, on paths
    longer than the system takes, and on folders that were made unreadable. Here each folder that is
    found is first moved up beside the one that is being removed. Links are removed, not followed.
    """
    waiting, moved = [folder], 0
    while waiting:
        here = waiting.pop()
        with contextlib.suppress(OSError):
            here.chmod(0o700)
            for entry in list(here.iterdir()):
                with contextlib.suppress(OSError):
                    if entry.is_symlink() or not entry.is_dir():
                        entry.unlink()
                        continue
                    entry.chmod(0o700)  # a folder can be moved only by who may write it
                    moved += 1
                    waiting.append(entry.rename(folder.with_name(f"{folder.name}~{moved}")))
            here.rmdir()
