"""A class whose folder of submissions holds everything that a file system can hold."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from tests.courses import tiny

TOO_LARGE = 100 << 30  # of a sparse file: it occupies nothing on disk

# By student: words of the verdict on submissions that cannot be graded.
REFUSED = {
    "folder-link": "folder-link is a symbolic link",
    "absolute-link": "absolute-link is a symbolic link",
    "inner-link": "tiny is a symbolic link",
    "notebook-link": "tiny.ipynb is a symbolic link",
    "passwd-link": "tiny.ipynb is a symbolic link",
    "circle": "circle is a symbolic link",
    "dangling": "dangling is a symbolic link",
    "pipe": "tiny.ipynb is a named pipe",
    "socket": "tiny.ipynb is a socket",
    "device-link": "tiny.ipynb is a symbolic link",
    "directory": "tiny.ipynb is a folder",
    "sparse": "the limit is 100 MB",
    "hard-link": "hard link to another student's file",
    "hard-linked": "hard link to another student's file",
    "empty": "Nothing to grade, found: an empty folder",
    "empty-inside": "Nothing to grade, found: tiny/",
    "archive": "Nothing to grade, found: tiny.zip",
    "script": "Nothing to grade, found: my_solution.py",
    "file-for-folder": "Nothing to grade, found: tiny",
    "two": "Nothing to grade, found: a.ipynb, b.ipynb",
    "flat-file": "Nothing to grade, found: flat-file.pdf",
    "flat-pipe": "flat-pipe.ipynb is a named pipe",
    "no-json": "does not start like JSON",
    "named-like-the-notebook.ipynb": "Nothing to grade, found: an empty folder",
}
# By student: where the notebook is found. All of them earn full marks.
FOUND = {
    "honest": "honest/tiny/tiny.ipynb",
    "my-solution": "my-solution/my_solution.ipynb",
    "upper-case": "upper-case/TINY/tiny.ipynb",
    "browser": "browser/tiny/tiny (1).ipynb",
    "final": "final/tiny/TINY_final.ipynb",
    "beside-a-scratch": "beside-a-scratch/tiny/Copy of tiny.ipynb",
    "direct": "direct/tiny.ipynb",
    "tiny": "tiny/tiny.ipynb",
    "flat": "flat.ipynb",
    "Ada": "Ada/tiny/tiny.ipynb",
    "ada": "ada/tiny/tiny.ipynb",
    "caf\u00e9": "caf\u00e9/tiny/tiny.ipynb",
    "cafe\u0301": "cafe\u0301/tiny/tiny.ipynb",
    "\x1b[2Jcleared": "\x1b[2Jcleared/tiny/tiny.ipynb",
    "two\nlines": "two\nlines/tiny/tiny.ipynb",
    "\u202eright to left": "\u202eright to left/tiny/tiny.ipynb",
    "a" * 255: "a" * 255 + "/tiny/tiny.ipynb",
    r"\xff": "\udcff/tiny/tiny.ipynb",
    r"\\xff": r"\xff/tiny/tiny.ipynb",
    "[a-z]*": "[a-z]*/tiny/tiny.ipynb",
    "wit\u2028h": "wit\u2028h/tiny/tiny.ipynb",
}
# By student: readable by root only, who reads everything.
CLOSED = {"mode-000": "cannot be read: Permission denied", "closed": "The folder cannot be read"}


def hand_in(submitted: Path) -> None:
    """Write the class."""

    def folder(name: str) -> Path:
        (submitted / name).mkdir(parents=True, exist_ok=True)
        return submitted / name

    for name in FOUND.values():
        folder(str(Path(name).parent)).joinpath(Path(name).name).write_bytes(tiny.answered())
    (submitted / "beside-a-scratch/tiny/scratch.ipynb").write_bytes(b"{}")
    (submitted / "folder-link").symlink_to("honest")
    (submitted / "absolute-link").symlink_to((submitted / "honest").absolute())
    (folder("inner-link") / "tiny").symlink_to("../honest/tiny")
    (folder("notebook-link/tiny") / "tiny.ipynb").symlink_to("../../honest/tiny/tiny.ipynb")
    (folder("passwd-link/tiny") / "tiny.ipynb").symlink_to("/etc/passwd")
    (submitted / "circle").symlink_to("circle")
    (submitted / "dangling").symlink_to("nowhere")
    os.mkfifo(folder("pipe/tiny") / "tiny.ipynb")
    _bind(folder("socket/tiny"))
    (folder("device-link/tiny") / "tiny.ipynb").symlink_to("/dev/zero")
    folder("directory/tiny/tiny.ipynb")
    _sparse(folder("sparse/tiny") / "tiny.ipynb")
    shared = folder("hard-linked/tiny") / "tiny.ipynb"
    shared.write_bytes(tiny.answered())
    (folder("hard-link/tiny") / "tiny.ipynb").hardlink_to(shared)
    folder("empty")
    folder("empty-inside/tiny")
    (folder("archive/tiny") / "tiny.zip").write_bytes(b"PK")
    (folder("script") / "my_solution.py").write_text(tiny.DOUBLE)
    (folder("file-for-folder") / "tiny").write_text("my answers")
    for name in ("a", "b"):
        (folder("two/tiny") / f"{name}.ipynb").write_bytes(tiny.answered())
    (submitted / "flat-file.pdf").write_bytes(b"%PDF")
    os.mkfifo(submitted / "flat-pipe.ipynb")
    (folder("no-json/tiny") / "tiny.ipynb").write_bytes(b"my answers")
    folder("named-like-the-notebook.ipynb")
    (folder("mode-000/tiny") / "tiny.ipynb").write_bytes(tiny.answered())
    (submitted / "mode-000/tiny/tiny.ipynb").chmod(0)
    (folder("closed/tiny") / "tiny.ipynb").write_bytes(tiny.answered())
    (submitted / "closed").chmod(0)
    _sparse(submitted / ".DS_Store")  # made by a system, not by a student


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, TOO_LARGE)


def _bind(folder: Path) -> None:
    """Leave a socket in a folder; its path may be too long for `bind`."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("tiny.ipynb")
    finally:
        os.chdir(before)
