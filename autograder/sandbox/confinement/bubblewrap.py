"""Build the bubblewrap command that runs the zygote.

bubblewrap gives the zygote a file system that holds the interpreter, its packages and the
sandbox's code, a process table of its own, and no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TMP_BYTES = 64 * 2**20  # of all files in one sandbox, its workers together


def command_prefix(readable: Sequence[str]) -> list[str]:
    """Return the words that run a command in bubblewrap; empty if it does not work here.

    Many containers forbid what bubblewrap needs, so the command is tried.

    Args:
        readable: The files and folders that are mounted, read-only.
    """
    bwrap = shutil.which("bwrap") if sys.platform == "linux" else None
    if bwrap is None:
        return []
    prefix = [bwrap, *_options(readable), "--"]
    attempt = [*prefix, sys.executable, "-I", "-S", "-c", ""]
    works = subprocess.run(attempt, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own command
    return prefix if works else []


def _options(readable: Sequence[str]) -> list[str]:
    mounts = [path for path in readable if not path.startswith(("/dev", "/proc"))]
    # A path within another one is mounted with it, and bubblewrap cannot mount over a link.
    mounts = [path for path in mounts if not any(str(up) in mounts for up in Path(path).parents)]
    binds = [word for path in sorted(set(mounts)) for word in ("--ro-bind-try", path, path)]
    # A zygote that starts as root first becomes nobody, which takes these two capabilities.
    become_nobody = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    return [
        *("--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts"),
        "--unshare-cgroup-try",
        *("--new-session", "--cap-drop", "ALL"),
        *(become_nobody if os.geteuid() == 0 else ()),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(TMP_BYTES), "--perms", "1777"),
        # The tmpfs comes before the binds: a course or an interpreter may itself be under /tmp.
        *("--tmpfs", "/tmp", *binds, "--remount-ro", "/", "--chdir", "/tmp"),  # noqa: S108 - the sandbox's own /tmp
    ]
