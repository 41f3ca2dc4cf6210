"""From a student's name, which is whatever a folder was called, to the name of a file of ours."""

from __future__ import annotations

import hashlib

MAX_BYTES = 200  # file systems take 255, and there is a suffix to come
_PLAIN = frozenset("-_.,+@=~ ()")  # beside letters and digits of any script


def file_name(student: str) -> str:
    """Return a name that is a file's on Linux and macOS, and another for every student.

    A name of letters, digits and the usual signs is taken as it is. In any other, each odd
    character becomes its bytes in hexadecimal (`%2F`); one that is too long is cut and numbered.
    """
    name = "".join(_written(letter) for letter in student)
    if name.startswith("."):
        name = "%2E" + name[1:]  # hidden files are not looked at; and `..` is a folder
    if len(name.encode()) > MAX_BYTES:
        number = hashlib.sha256(name.encode()).hexdigest()[:16]
        name = name.encode()[: MAX_BYTES - 17].decode(errors="ignore") + "-" + number
    return name or "%"


def _written(letter: str) -> str:
    if letter.isalnum() or letter in _PLAIN:
        return letter
    return "".join(f"%{byte:02X}" for byte in letter.encode(errors="surrogateescape"))
