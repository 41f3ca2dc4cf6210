"""Let `nbgrader zip_collect` read the names that Canvas and Moodle give to what they pack.

Canvas: `doejane_12345_67890_vae.ipynb`, `doejane_LATE_12345_67890_vae-1.ipynb`: the student's name
and number, the upload's number, the file; `-1` where a file of this name was handed in again.
Moodle: `Jane Doe_12345_assignsubmission_file_/vae.ipynb`: name, number, and a folder of files.
"""

# mypy: disable-error-code="import-untyped, misc"
# nbgrader carries no types.
from __future__ import annotations

import re
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

PATTERN = (
    r".*/(?P<name>[^/]+?)_(?:LATE_)?(?P<number>\d+)_"
    r"(?:(?P<upload>\d+)_|assignsubmission_file(?:_/?|/)(?:[^/]+/)*)"
    r"(?P<file_id>[^/]+?)(?:-(?P<again>\d+))?\.ipynb$"
)


class LmsCollector(FileNameCollectorPlugin):
    """Calls a student `doejane_12345`, and takes the last of several uploads of one file.

    With a `named_regexp` of your own it does what nbgrader's own collector does.
    """

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return who handed in a file, and as what; None if it is to be passed over."""
        info = super().collect(submitted_file)
        if info is None or "number" not in info:
            return info
        told = {"student_id": f"{info['name']}_{info['number']}", "file_id": info["file_id"]}
        if _newest(submitted_file, info, self.named_regexp) != submitted_file:
            self.log.warning("There is a newer upload of the same file: %s", submitted_file)
            return None
        return told


def _newest(path: str, info: dict[str, str], pattern: str) -> str:
    """Return the last upload of this file by this student; the numbers of uploads grow."""
    found = []
    for other in Path(path).parent.iterdir():
        match = re.match(pattern, str(other))
        if match and all(match[name] == info[name] for name in ("number", "file_id")):
            found.append((int(match["upload"] or 0), int(match["again"] or 0), str(other)))
    return max(found)[2]
