"""The names that Canvas and Moodle give to the files of a download.

Canvas: `doejane_12345_67890_vae.ipynb`, `doejane_LATE_12345_67890_vae-1.ipynb`: student name,
student number, upload number, file name; `-1` for the second upload of a file name.
Moodle: `Jane Doe_12345_assignsubmission_file_/vae.ipynb`: student name, number, folder of files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePath

_CANVAS = re.compile(
    r"(?P<name>.+?)_(?P<late>LATE_)?(?P<number>\d+)_(?P<upload>\d+)_(?P<file>.+)", re.DOTALL
)
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL
)
_AGAIN = re.compile(r"(.+)-(\d+)")


@dataclass(frozen=True)
class Upload:
    """A file that a student has handed in.

    Attributes:
        path: The file, relative to the folder of the download.
        name: The student's name, as the system writes it.
        number: The student's number in Canvas, or that of the submission in Moodle.
        file: The student's name for the file.
        upload: Canvas's number of the upload, which grows; 0 in Moodle.
        again: How often the student had uploaded a file of this name before.
        late: Whether Canvas says that it was late.
        prefix: The part of the path that the system has made.
    """

    path: PurePath
    name: str
    number: str
    file: str
    upload: int = 0
    again: int = 0
    late: bool = False
    prefix: str = ""

    @property
    def student(self) -> str:
        """The name of the student's folder in a course."""
        return f"{self.name}_{self.number}"


def parse(path: PurePath) -> Upload | None:
    """Return whose file this is, or None if no part of its path has a name of Canvas or Moodle.

    The first such part counts: what is below it, the student has named, and could have named after
    another student.
    """
    for part in path.parts:
        if found := _MOODLE.fullmatch(part):
            return Upload(
                path, found["name"], found["number"], _file(path, part, found["file"] or ""),
                prefix=part.removesuffix(found["file"] or ""),
            )  # fmt: skip
        if found := _CANVAS.fullmatch(part):
            file, again = _file(path, part, found["file"]), 0
            if twice := _AGAIN.fullmatch(PurePath(file).stem):
                file, again = twice[1] + PurePath(file).suffix, int(twice[2])
            number, upload = found["number"], int(found["upload"])
            late = found["late"] is not None
            return Upload(path, found["name"], number, file, upload, again, late, part)
    return None


def _file(path: PurePath, part: str, rest: str) -> str:
    """Return the student's name for a file: its own name, or what follows the system's in it."""
    return rest if path.name == part else path.name


def uploads_in(folder: Path) -> tuple[list[Upload], list[PurePath]]:
    """Return the files of students below a folder, and the other files, sorted by their paths."""
    uploads: list[Upload] = []
    others: list[PurePath] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or _is_litter(path.relative_to(folder)):
            continue
        relative = path.relative_to(folder)
        found = parse(relative)
        if found:
            uploads.append(found)
        else:
            others.append(relative)
    return uploads, others


def _is_litter(path: PurePath) -> bool:
    """Return whether systems made a file, not students."""
    return any(part.startswith((".", "__MACOSX")) or part == "Thumbs.db" for part in path.parts)
