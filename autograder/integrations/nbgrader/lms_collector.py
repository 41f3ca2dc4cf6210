"""File names in the archives of Canvas and Moodle, for `nbgrader zip_collect`.

Canvas: `doejane_12345_67890_vae.ipynb`, `doejane_LATE_12345_67890_vae-1.ipynb`: student name,
student number, upload number, file name; `-1` for the second upload of a file name.
Moodle: `Jane Doe_12345_assignsubmission_file_/vae.ipynb`: student name, number, folder of files.
"""

# mypy: disable-error-code="import-untyped, misc"
# nbgrader has no type hints.
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
    """Names a student `doejane_12345` and collects the latest upload of each file.

    With another `named_regexp` it works like nbgrader's own collector.
    """

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return the student and name of a file; None to skip it."""
        info = super().collect(submitted_file)
        if info is None or "number" not in info:
            return info
        if _newest(submitted_file, info, self.named_regexp) != submitted_file:
            self.log.warning("There is a newer upload of the same file: %s", submitted_file)
            return None
        return {"student_id": f"{info['name']}_{info['number']}", "file_id": info["file_id"]}


def _newest(path: str, info: dict[str, str], pattern: str) -> str:
    """Return the last upload of this file by this student; the numbers of uploads grow."""
    found = []
    for other in Path(path).parent.iterdir():
        match = re.match(pattern, str(other))
        if match and all(match[name] == info[name] for name in ("number", "file_id")):
            found.append((int(match["upload"] or 0), int(match["again"] or 0), str(other)))
    return max(found)[2]
