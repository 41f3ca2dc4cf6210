"""Write a small, complete course: one question, its checks, its answers.

The files are in `first_course/`. `COURSE` stands there for the name of the course, in texts and in
the names of files.
"""

from __future__ import annotations

import re
from pathlib import Path

FILES = Path(__file__).parent / "first_course"
_PLACEHOLDER = "COURSE"
_LEFT_BEHIND = "__pycache__"
# nbgrader takes the name for its folders and in its addresses.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# Python would import a folder of this name in place of the package.
_TAKEN = ("autograder", "checkkit", "course")


class NewCourseError(ValueError):
    """A course cannot be written there."""


def write(folder: Path) -> list[str]:
    """Write the course to a new folder; return its files, relative to it.

    Args:
        folder: It must not exist, or be empty. Its name becomes the name of the assignment.

    Raises:
        NewCourseError: If the name cannot be that of an assignment, or the folder has files.
    """
    name = folder.resolve().name
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise NewCourseError(
            f"{name}: expected letters, digits, - or _, beginning with a letter, and none of "
            f"{', '.join(_TAKEN)}"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NewCourseError(f"{folder} exists; name a folder that does not")
    written = []
    for path in sorted(FILES.rglob("*")):
        if path.is_dir() or _LEFT_BEHIND in path.parts:
            continue
        target = path.relative_to(FILES).as_posix().replace(_PLACEHOLDER, name)
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8").replace(_PLACEHOLDER, name)
        (folder / target).write_text(text, "utf-8")
        written.append(target)
    return written
