"""What the attacks are aimed at, and how to see that one has reached it."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

_FILES = ("gradebook.db", "submitted/ada/vae/vae.ipynb", "results/ada.json")
_CHECK = "checks/check_answer.py"
_WAITS = "import sys; sys.stdin.read()"  # until the grader closes it, or ends


class Targets:
    """A course that holds a secret, listeners, another process, and a piece of memory.

    The permissions of all files allow everybody everything: only confinement keeps an attack away.

    Args:
        folder: Where to create the course.
        forbidden: Files and folders that attacks may try to read.

    Attributes:
        canary: The folder of the course.
        secret: A text that is in all its files.
        right_answer: Numbers that a check compares with; its file is in the course.
        listener: Nothing may connect to it.
    """

    def __init__(self, folder: Path, forbidden: Sequence[Path] = ()) -> None:
        self.canary, self._forbidden = folder / "course", list(map(str, forbidden))
        self.secret = f"canary-{secrets.token_hex(3)}"
        self.right_answer = [secrets.randbelow(1000) / 8 for _ in range(8)]
        self._memory = ctypes.create_string_buffer(self.secret.encode())
        self._write_course()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self._port = self.listener.getsockname()[1]
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", self._port))
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind(f"\0autograder-{self._port}")
        self._unix.listen()
        self._victim = self._start_victim()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._victim.kill()
        self._victim.communicate()
        for one in (self.listener, self._datagrams, self._unix):
            one.close()
        self._remove_course()

    def fill(self, source: str) -> str:
        """Return an attack's source with the names of these targets."""
        names = {
            "canary": self.canary,
            "secret": self.secret,
            "home": Path.home(),
            "port": self._port,
            "grader": os.getpid(),
            "address": ctypes.addressof(self._memory),
            "victim": self._victim.pid,
            "forbidden": self._forbidden,
        }
        for name, value in names.items():
            source = source.replace("{" + name + "}", str(value))
        return source

    def changes(self) -> list[str]:
        """Return what attacks have reached since the last call, and restore it."""
        found = list(self._reached())
        if (state := self._state()) != self._original:
            both = state.keys() | self._original.keys()
            names = sorted(n for n in both if state.get(n) != self._original.get(n))
            found.append(f"changed {', '.join(names)}")
            self._remove_course()
            self._write_course()
        return found

    def _reached(self) -> Iterator[str]:
        for one in (self.listener, self._unix):
            one.settimeout(0)
            with suppress(BlockingIOError):
                one.accept()[0].close()
                yield "a connection was made"
        self._datagrams.settimeout(0)
        with suppress(BlockingIOError):
            self._datagrams.recv(16)
            yield "a datagram has arrived"
        if self._memory.value != self.secret.encode():
            self._memory.value = self.secret.encode()
            yield "memory was written"
        state = Path(f"/proc/{self._victim.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        if state[0] in "ZTt":
            self._victim.kill()
            self._victim.communicate()
            self._victim = self._start_victim()
            yield "another process was killed or stopped"

    def _start_victim(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-I", "-S", "-c", _WAITS],
            stdin=subprocess.PIPE,
            env={"CANARY": self.secret},
        )

    def _write_course(self) -> None:
        for name in (*_FILES, _CHECK):
            path = self.canary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = f"RIGHT_ANSWER = {self.right_answer}  # {self.secret}\n"
            path.write_text(text if name == _CHECK else self.secret, encoding="utf-8")
        for path in (self.canary.parent, self.canary, *self.canary.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        self._original = self._state()

    def _remove_course(self) -> None:
        self.canary.chmod(0o777)
        shutil.rmtree(self.canary)

    def _state(self) -> dict[str, object]:
        """Return what can be changed of each file and folder of the course."""
        state: dict[str, object] = {}
        for path in (self.canary, *self.canary.rglob("*")):
            found = path.lstat()
            # The time of a folder changes with its entries, which are compared anyway.
            times = 0 if path.is_dir() else found.st_mtime_ns
            about = found.st_mode, found.st_uid, found.st_gid, found.st_nlink, times
            state[path.relative_to(self.canary.parent).as_posix()] = about, found.st_size
        return state
