"""Build the folder that students get with nbgrader's generate_assignment, and compare it.

The committed release is generated, never edited. Building it twice gives the same bytes.
"""

# mypy: disable-error-code="import-untyped, no-any-return"
# nbgrader and nbconvert have no type hints.
from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import checkkit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traitlets.config import Config

    from autograder.assignment.model import Assignment

CONFIG = "nbgrader_config.py"
_NOT_RELEASED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.pyc", ".DS_Store")


class ReleaseError(RuntimeError):
    """nbgrader could not build the release."""


def build(assignment: Assignment) -> list[str]:
    """Bring the release folder up to date; return the changed paths, relative to it."""
    with built(assignment) as fresh:
        changed = differences(fresh, assignment.release)
        for name in changed:
            target = assignment.release / name
            if (fresh / name).is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(fresh / name, target)
            else:
                target.unlink()
        _remove_empty_folders(assignment.release)
    return changed


def copy_checkkit(folder: Path) -> None:
    """Copy the package `checkkit` into a release, which must work without installing anything."""
    shutil.copytree(checkkit.HOME, folder / "checkkit", ignore=_NOT_RELEASED, dirs_exist_ok=True)


@contextmanager
def built(assignment: Assignment) -> Iterator[Path]:
    """Build the release in a temporary course; yield its folder, and delete it afterwards."""
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        course = Path(name).resolve()
        shutil.copytree(
            assignment.source, course / "source" / assignment.name, ignore=_NOT_RELEASED
        )
        _generate(assignment, course)
        yield course / "release" / assignment.name


def differences(fresh: Path, committed: Path) -> list[str]:
    """Return the files that differ between two folders or are missing from one."""
    names = {
        path.relative_to(root).as_posix() for root in (fresh, committed) for path in files(root)
    }
    return sorted(name for name in names if _bytes(fresh / name) != _bytes(committed / name))


def files(folder: Path) -> list[Path]:
    """Return the files below a folder, without those that opening it leaves behind."""
    ignored = {"__pycache__", ".ipynb_checkpoints"}
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not ignored & {*path.relative_to(folder).parts}
    )


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _generate(assignment: Assignment, course: Path) -> None:
    """Run nbgrader's generate_assignment in a temporary course, without a gradebook."""
    from nbgrader.converters import GenerateAssignment  # lazy: takes a second to import
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config = course_config(assignment.root)
    config.SaveCells.enabled = False  # what `nbgrader generate_assignment --no-db` sets
    config.GenerateAssignment.no_database = True
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.assignment_id = assignment.name
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.log.setLevel("ERROR")
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        raise ReleaseError(f"nbgrader could not build the release: {error}") from error


def course_config(root: Path) -> Config:
    """Return the course's nbgrader configuration."""
    from traitlets.config.loader import PyFileConfigLoader  # lazy, likewise

    if not (root / CONFIG).is_file():
        raise ReleaseError(f"{root / CONFIG} is missing: nbgrader needs it to build the release")
    return PyFileConfigLoader(CONFIG, path=str(root)).load_config()


def _remove_empty_folders(root: Path) -> None:
    for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def put_tools_on_path() -> None:
    """Let nbgrader find `alembic`, which it calls by name, even if no environment is activated."""
    here = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if here not in paths:
        os.environ["PATH"] = os.pathsep.join([here, *paths])
