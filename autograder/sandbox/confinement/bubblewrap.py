"""Build the bubblewrap command that runs the zygote.

bubblewrap gives the zygote a file system that holds the interpreter, its packages and the
sandbox's code, a process table of its own, and no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from autograder.sandbox.confinement.readable_paths import site_folders

TMP_BYTES = 64 * 2**20  # of the zygote's own files; workers cannot write there
HOME = "/run/home"  # an empty folder, where each worker mounts a file system of its own
# bubblewrap reads the table of mounts again for each mount, so 400 mounts take a second. A folder
# with more needed entries than this is mounted as a whole, and what is not needed is covered.
_FEW = 24


def command_prefix(readable: Sequence[str]) -> list[str]:
    """Return the words that run a command in bubblewrap; empty if it does not work here.

    Many containers forbid what bubblewrap needs, so the command is tried.

    Args:
        readable: The files and folders that are mounted, read-only.
    """
    bwrap = shutil.which("bwrap") if sys.platform == "linux" else None
    if bwrap is None:
        return []
    packages = tuple(f"{folder}/" for folder in site_folders())
    few = [path for path in readable if not path.startswith(packages)]  # mounting all takes longer
    attempt = [bwrap, *_options(few), "--", sys.executable, "-I", "-S", "-c", ""]
    works = subprocess.run(attempt, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own command
    return [bwrap, *_options(readable), "--"] if works else []


def _options(readable: Sequence[str]) -> list[str]:
    mounts = [path for path in readable if not path.startswith(("/dev/", "/proc/"))]
    # A zygote that starts as root first becomes the user nobody, which takes these two
    # capabilities.
    become_nobody = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    return [
        *("--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts"),
        "--unshare-cgroup-try",
        *("--new-session", "--cap-drop", "ALL"),
        *(become_nobody if os.geteuid() == 0 else ()),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(TMP_BYTES), "--perms", "1777"),
        # The tmpfs comes before the binds: a course or an interpreter may itself be under /tmp.
        *("--tmpfs", "/tmp", "--dir", HOME, *_mounts(mounts)),  # noqa: S108 - the sandbox's own /tmp
        *("--remount-ro", "/", "--chdir", "/"),
    ]


def _mounts(paths: Sequence[str]) -> Iterator[str]:
    """Yield the words that mount the paths, outer ones before inner ones."""
    chosen = set(paths)
    # A path within another one is mounted with it.
    outermost = {path for path in chosen if not any(str(up) in chosen for up in Path(path).parents)}
    siblings: dict[Path, set[str]] = {}
    for path in outermost:
        siblings.setdefault(Path(path).parent, set()).add(path)
    words: dict[str, list[str]] = {}
    for folder, needed in siblings.items():
        each = {path: [*_one(path)] for path in needed}
        if len(needed) > _FEW:
            covers = _covers(folder, needed)
            if sum(os.devnull in one for one in covers.values()) < len(needed):
                each = {str(folder): ["--ro-bind", str(folder), str(folder)], **covers}
        words |= each
    # bubblewrap makes missing folders for its own user only; the user nobody could not enter them.
    for up in {str(up) for path in words for up in Path(path).parents} - words.keys() - {"/"}:
        words[up] = ["--dir", up]
    # bubblewrap may lack the capability to write into a folder without write permission, so a cover
    # with mounts in it is made read-only after them.
    sealed = [
        path
        for path in sorted(words)
        if words[path] == _cover(path) and any(one.startswith(f"{path}/") for one in words)
    ]
    for path in sealed:
        words[path] = ["--perms", "0755", "--tmpfs", path]
    for path in sorted(words):  # a folder sorts before what is in it
        yield from words[path]
    for path in sealed:
        yield from ("--remount-ro", path)


def _cover(folder: str) -> list[str]:
    """Return the words that cover a folder with an empty one."""
    return ["--perms", "0555", "--tmpfs", folder]


def _one(path: str) -> Iterator[str]:
    """Yield the words that mount one path; bubblewrap cannot mount over a link."""
    if Path(path).is_symlink():
        yield from ("--symlink", str(Path(path).readlink()), path)
    else:
        yield from ("--ro-bind-try", path, path)


def _covers(folder: Path, needed: Collection[str]) -> dict[str, list[str]]:
    """Return the words that cover everything in a folder that is not needed."""
    covers: dict[str, list[str]] = {}
    for entry in os.scandir(folder):
        if entry.path in needed or entry.is_symlink():  # the target of a link has been covered
            continue
        if entry.is_dir():
            covers[entry.path] = _cover(entry.path)
        else:
            covers[entry.path] = ["--ro-bind", os.devnull, entry.path]
    return covers
