"""Give a worker a view of the file system of its own, read-only but for its home folder.

Without this, workers share what every process can see without opening a file: the sizes and times
of files, the times at which a file was last read, and, in /proc, how many threads and open files
another process has. Two submissions could talk through that.

A worker needs no privilege for it: it enters a user namespace of its own first. Many containers,
and Ubuntu within bubblewrap, forbid that.
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

HOME_BYTES = 64 * 2**20  # of all files of one worker
HOME_FILES = 8192

_NEW_NAMESPACES = 0x00020000 | 0x08000000 | 0x10000000  # mounts, System V and POSIX IPC, users
_NOSUID, _NODEV = 2, 4
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture
_AT_FDCWD, _AT_RECURSIVE, _ATTR_READ_ONLY = -100, 0x8000, 1

_libc = ctypes.CDLL(None, use_errno=True)


def make_private(home: str) -> bool:
    """Make this process's mounts private and read-only, and give it an empty folder of its own.

    /proc and /dev/shm are covered. The process must be dumpable and have no other threads. It may
    have all capabilities in a new user namespace afterwards, which the caller must drop.

    Args:
        home: An existing folder, on which a file system in memory is mounted.

    Returns:
        Whether the process may write to `home`.
    """
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_NEW_NAMESPACES) != 0:
        return False
    read_only = struct.pack("QQQQ", _ATTR_READ_ONLY, 0, 0, 0)
    arguments = (_AT_FDCWD, b"/", _AT_RECURSIVE, read_only, ctypes.c_size_t(len(read_only)))
    # A user without privileges may map only itself, and a group only without setgroups. Root
    # without capabilities may map nothing, and so can own no file in a new file system.
    may_own = (
        _write("/proc/self/setgroups", "deny")
        and _write("/proc/self/uid_map", f"{user} {user} 1")
        and _write("/proc/self/gid_map", f"{group} {group} 1")
    )
    if _libc.syscall(_SYS_MOUNT_SETATTR, *arguments) != 0:
        return False  # older than Linux 5.12, or AppArmor takes the capabilities of the namespace
    for covered in ("/proc", "/dev/shm"):  # noqa: S108 - covered, not used
        if Path(covered).is_dir():
            _mount_tmpfs(covered, "ro,size=4k,nr_inodes=2,mode=555")
    options = f"size={HOME_BYTES},nr_inodes={HOME_FILES},mode=700"
    return may_own and _mount_tmpfs(home, options)


def _write(path: str, text: str) -> bool:
    try:
        Path(path).write_text(text, encoding="ascii")
    except OSError:
        return False
    return True


def _mount_tmpfs(folder: str, options: str) -> bool:
    flags = ctypes.c_ulong(_NOSUID | _NODEV)
    result = _libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode())
    return bool(result == 0)
