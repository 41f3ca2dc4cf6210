"""A bundle: the files that grade an assignment on another machine.

It contains the engine, `checkkit` and the course's own files. Where it is unpacked, its root is the
working folder and the only entry of `PYTHONPATH`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import checkkit
from autograder.assignment.model import Assignment
from autograder.support.files import is_hidden, relative_path

_ENGINE = Path(__file__).resolve().parents[1]
_EPOCH = (1980, 1, 1, 0, 0, 0)  # fixed: the same files give the same archive


def pack(assignment: Assignment) -> bytes:
    """Return a bundle as a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in bundled_files(assignment).items():
            add(archive, name, path.read_bytes(), 0o644)
    return file.getvalue()


def add(archive: zipfile.ZipFile, name: str, data: bytes, mode: int) -> None:
    """Add a file to an archive, without its modification time."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o100000 | mode) << 16
    archive.writestr(info, data)


def bundled_files(assignment: Assignment) -> dict[str, Path]:
    """Return the files of a bundle by their names in it."""
    return dict(sorted([*_engine_files(), *_course_files(assignment)]))


def _engine_files() -> Iterator[tuple[str, Path]]:
    for package in (_ENGINE, checkkit.HOME):
        for path in package.rglob("*"):
            ours = not path.is_relative_to(_ENGINE / "checks")  # a course's, in this checkout
            if ours and path.is_file() and not is_hidden(package, path):
                yield path.relative_to(package.parent).as_posix(), path


def _course_files(assignment: Assignment) -> Iterator[tuple[str, Path]]:
    paths = [assignment.rubric, *([assignment.stand_ins] if assignment.stand_ins else [])]
    folders = (assignment.source, assignment.solutions, assignment.visible_checks)
    for folder in (*folders, assignment.staff_checks):
        paths += [p for p in folder.rglob("*") if p.is_file() and not is_hidden(assignment.root, p)]
    for path in paths:
        yield relative_path(assignment.root, path).as_posix(), path
