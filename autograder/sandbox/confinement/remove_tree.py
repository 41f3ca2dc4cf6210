"""Remove a folder that a submission may have filled so that removing it fails."""

from __future__ import annotations

import contextlib
from pathlib import Path


def remove_tree(folder: Path) -> None:
    """Remove a folder of ours with everything that others have put into it.

    Not `shutil.rmtree`: that recurses, and gives up on a thousand nested folders, on paths longer
    than the system accepts, and on unreadable folders. Here each folder found is first moved up,
    beside the one that is being removed. Links are removed, not followed.
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
                    entry.chmod(0o700)  # moving a folder needs the permission to write it
                    moved += 1
                    waiting.append(entry.rename(folder.with_name(f"{folder.name}~{moved}")))
            here.rmdir()
