"""What of an unpacked download of Canvas or Moodle is collected, and what a person must see."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Literal

from autograder.integrations.lms.file_names import Upload, uploads_in
from autograder.integrations.lms.times import times_in

Attempts = Literal["last", "first"]


@dataclass(frozen=True)
class Download:
    """The files of a class.

    Attributes:
        chosen: The notebooks to collect.
        passed_over: Uploads of the same file by the same student that do not count.
        without: The other files of students who handed in no notebook.
        unknown: Files that no student's name is in.
        times: When submissions were handed in, in UTC, by Moodle's numbers.
    """

    chosen: Sequence[Upload]
    passed_over: Sequence[Upload] = ()
    without: Sequence[Upload] = ()
    unknown: Sequence[PurePath] = ()
    times: Mapping[str, dt.datetime] = field(default_factory=dict)

    def time(self, upload: Upload) -> dt.datetime | None:
        """Return when a file was handed in; None if nothing says so, as in Canvas."""
        return None if upload.upload else self.times.get(upload.number)

    @property
    def late(self) -> list[str]:
        """The students whose collected files Canvas calls late."""
        return sorted({one.student for one in self.chosen if one.late})

    def problems(self, attempts: Attempts) -> Iterator[str]:
        """Yield what a person must see, one line each."""
        if self.passed_over:
            files = sorted({f"{one.student} ({one.file})" for one in self.passed_over})
            yield f"Of several uploads of one file, the {attempts} was collected: {_list(files)}"
        if self.without:
            found: dict[str, list[str]] = {}
            for one in self.without:
                found.setdefault(one.student, []).append(one.file)
            files = [f"{student} ({', '.join(names[:3])})" for student, names in found.items()]
            yield f"Not collected, no notebook: {_list(files)}"
        if self.unknown:
            names = list(map(str, self.unknown))
            yield f"Not collected, the name of no student in: {_list(names)}"


def read_download(folder: Path, attempts: Attempts = "last", zone: str = "") -> Download:
    """Choose what to collect.

    Args:
        folder: The unpacked archives, of one or several downloads.
        attempts: Which upload of a file counts.
        zone: The time zone of whoever downloaded Moodle's worksheet; "" for this machine's.
    """
    uploads, others = uploads_in(folder)
    times: dict[str, dt.datetime] = {}
    unknown = []
    for path in others:
        found = times_in(folder / path, zone) if path.suffix.lower() == ".csv" else None
        if found is None:
            unknown.append(path)
        else:
            times |= found
    notebooks = [one for one in uploads if one.path.suffix.lower() == ".ipynb"]
    groups: dict[tuple[object, str], list[Upload]] = {}
    for one in sorted(notebooks, key=lambda one: _age(folder, one)):
        groups.setdefault((_whose(one), one.file), []).append(one)
    place = 0 if attempts == "first" else -1
    chosen = [group.pop(place) for group in groups.values()]
    names = {_whose(one): unicodedata.normalize("NFC", one.name) for one in chosen}
    return Download(
        [replace(one, name=names[_whose(one)]) for one in chosen],
        [one for group in groups.values() for one in group],
        [one for one in uploads if _whose(one) not in names],
        unknown,
        times,
    )


def _whose(upload: Upload) -> tuple[bool, str]:
    """Return what tells students apart: the number, in each of the two systems."""
    return upload.upload > 0, upload.number


def _age(folder: Path, upload: Upload) -> tuple[object, ...]:
    """Return what uploads of one file are sorted by, the oldest first.

    Canvas numbers the uploads; of two downloads from Moodle, the later has the later times.
    """
    modified = (folder / upload.path).stat().st_mtime
    return upload.upload, upload.again, modified, -len(upload.path.parts), str(upload.path)


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
