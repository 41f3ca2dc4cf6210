"""Let `nbgrader zip_collect` take the archives of Canvas and Moodle, and say what it left out."""

# mypy: disable-error-code="import-untyped, misc"
# nbgrader has no type hints.
from __future__ import annotations

import atexit
import datetime as dt
import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from zoneinfo import available_timezones

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import unzip
from traitlets import Enum, Unicode

from autograder.integrations.lms.archives import unpack
from autograder.integrations.lms.downloads import Attempts, Download, read_download
from autograder.integrations.lms.file_names import Upload
from autograder.integrations.nbgrader.collected import assignment_in


class LmsExtractor(ExtractorPlugin):
    """Unpacks archives, those of students too; nbgrader's own stops the class at a broken one."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack what is in a folder to another one, and copy what is no archive."""
        for root, _, names in os.walk(archive_path):
            folder = Path(extracted_path, Path(root).relative_to(archive_path))
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(Path(root, name) for name in names):
                if path.suffix.lower() == ".zip":
                    for problem in unpack(path, folder / path.stem):
                        self.log.warning("Not unpacked: %s", problem)
                elif path.suffix in self.zip_ext:
                    unzip(str(path), str(folder), zip_ext=self.zip_ext, create_own_folder=True)
                else:
                    shutil.copy2(path, folder / path.name)


class LmsCollector(FileNameCollectorPlugin):
    """Names a student `doejane_12345` and collects one upload of each file.

    With a `named_regexp` it works like nbgrader's own collector.
    """

    attempts = Enum(
        ("last", "first"), "last", help="Which upload of a file counts, of several."
    ).tag(config=True)
    timezone = Unicode(
        help="The time zone of the times in Moodle's worksheet, as in Europe/Berlin; this "
        "machine's if empty."
    ).tag(config=True)

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Return the student, the name and the time of a file; None to skip it."""
        if self.named_regexp:
            collected: dict[str, Any] | None = super().collect(submitted_file)
            return collected
        path = Path(submitted_file).relative_to(self._folder)
        upload = self._chosen.get(path)
        if upload is None:
            return None
        found: dict[str, Any] = {"student_id": upload.student, "file_id": upload.file}
        time = self._download.time(upload) or (self._late_time if upload.late else None)
        return found | ({"timestamp": time} if time else {})

    @cached_property
    def _folder(self) -> Path:
        return Path(self.parent._format_collect_path(self.parent.extracted_directory))  # noqa: SLF001 - it has no public name

    @cached_property
    def _download(self) -> Download:
        if self.timezone and self.timezone not in available_timezones():
            self.parent.fail(f"No time zone {self.timezone!r}; give one as in Europe/Berlin")
        found = read_download(self._folder, cast(Attempts, self.attempts), self.timezone)
        atexit.register(self._say, found)  # after nbgrader's own lines, two for each file
        return found

    @cached_property
    def _chosen(self) -> dict[Path, Upload]:
        return {Path(one.path): one for one in self._download.chosen}

    @cached_property
    def _late_time(self) -> dt.datetime | None:
        """The least time that costs a penalty: Canvas says that a file is late, not how late."""
        coursedir = self.parent.coursedir
        name = coursedir.assignment_id
        try:
            with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
                due = gradebook.find_assignment(name).duedate
        except MissingEntry:
            return None
        if due is None:
            return None
        grace = assignment_in(Path(coursedir.root)).late.get("grace_minutes", 0.0)
        time: dt.datetime = due + dt.timedelta(minutes=float(grace) + 1)
        return time

    def _say(self, found: Download) -> None:
        """Name what was not collected, and whose time is not known."""
        for problem in found.problems(cast(Attempts, self.attempts)):
            self.log.warning(problem)
        if not found.late:
            return
        names, assignment = ", ".join(map(repr, found.late)), self.parent.coursedir.assignment_id
        if self._late_time:
            self.log.warning(
                "Late, but Canvas does not say how late; one day is assumed, write the time into "
                "timestamp.txt if it was more: %s",
                names,
            )
        else:
            self.log.warning(
                "Late in Canvas, but without a penalty, for the gradebook has no due date; run "
                '`nbgrader db assignment add %s --duedate="…"` and collect again with --force: %s',
                assignment,
                names,
            )
