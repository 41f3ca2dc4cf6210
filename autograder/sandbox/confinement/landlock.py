"""Landlock: after `Ruleset.restrict`, this process can open only some paths, for good.

The three system calls and their structures are documented by the kernel:
https://docs.kernel.org/userspace-api/landlock.html. They are called through ctypes, because they
are few, and the packages that wrap them are younger than the interface.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_RULE_PATH = 1
_O_PATH = 0o10000000

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ALL_BY_ABI = {
    0: 0,
    1: 0x1FFF,
    2: 0x3FFF,
    3: 0x7FFF,
    4: 0x7FFF,
    5: 0xFFFF,
}  # access rights to files
_NET_TCP = 3  # bind and connect, since ABI 4
_SCOPES = 3  # abstract sockets and signals, since ABI 6

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the kernel's Landlock ABI version, or 0 if it has no Landlock."""
    return max(0, int(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


class Ruleset:
    """What a process may open; a zygote prepares it once for all of its workers.

    Args:
        readable: The files and folders that may be read.
        writable: The files that may be written to as well.
        newest_abi: The version to use at most, for tests; 0 as on a kernel without Landlock.

    Raises:
        OSError: If the kernel has Landlock and refuses.
    """

    def __init__(
        self, readable: Iterable[str], writable: Iterable[str], newest_abi: int | None = None
    ) -> None:
        abi = version() if newest_abi is None else min(version(), newest_abi)
        self._all_rights = _ALL_BY_ABI[min(abi, 5)]
        self._handle = -1
        if abi == 0:
            return
        net, scopes = _NET_TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0
        handled = struct.pack("QQQ", self._all_rights, net, scopes)
        size = ctypes.c_size_t(24 if abi >= 6 else 16 if abi >= 4 else 8)
        self._handle = _checked(_libc.syscall(_CREATE, handled, size, ctypes.c_uint32(0)))
        for path in readable:
            _allow(self._handle, path, _READ)
        for path in writable:
            self.allow_writing(path)

    def allow_writing(self, path: str) -> None:
        """Allow reading and changing a file, or a folder with everything in it."""
        if self._handle >= 0:
            _allow(self._handle, path, self._all_rights & ~_EXECUTE)

    def restrict(self) -> None:
        """Deny this process everything else, for good; do nothing if the kernel has no Landlock.

        Needs `no_new_privs`. Files that are already open stay open.

        Raises:
            OSError: If the kernel has Landlock and refuses.
        """
        if self._handle >= 0:
            _checked(_libc.syscall(_RESTRICT, self._handle, ctypes.c_uint32(0)))
            self.close()

    def close(self) -> None:
        """Close the kernel's object."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, _O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # a path that is missing or unreadable needs no rule
    try:
        if not Path(path).is_dir():
            rights &= _EXECUTE | _WRITE_FILE | _READ_FILE
        rule = struct.pack("=Qi", rights, handle)
        _checked(_libc.syscall(_ADD, rules, _RULE_PATH, rule, ctypes.c_uint32(0)))
    finally:
        os.close(handle)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return int(result)
