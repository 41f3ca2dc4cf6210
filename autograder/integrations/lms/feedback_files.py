"""Feedback as a file for each student, in the archives that Moodle and Canvas take back.

Moodle takes any file in a folder with the name of the student's submission. Canvas attaches a file
with the name of a submitted one to a comment, and shows it under the submitted name: it must be a
notebook, or nothing would open it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.integrations.lms.comments import lines_of
from autograder.integrations.lms.file_names import Upload, parse
from autograder.integrations.lms.grade import Grade
from autograder.integrations.lms.matching import match
from autograder.integrations.lms.worksheet import read_worksheet
from autograder.support.errors import UsageError

PAGE = "feedback.html"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same results make the same archive


@dataclass(frozen=True)
class FeedbackArchive:
    """The files of an archive, and the students who are not in it.

    Attributes:
        files: The content of each file by its name.
        not_in_file: Students whom the given file does not list.
    """

    files: Mapping[str, str]
    not_in_file: Collection[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the archive."""
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in sorted(self.files.items()):
                info = zipfile.ZipInfo(name, _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, text)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(data.getvalue())
        part.replace(path)


def for_worksheet(
    grades: Sequence[Grade],
    worksheet: Path,
    page: Callable[[Grade], str],
    columns: Mapping[str, str] | None = None,
) -> FeedbackArchive:
    """Return the archive of feedback files for Moodle, by its grading worksheet.

    Args:
        grades: The grades of the class.
        worksheet: The assignment's grading worksheet from Moodle.
        page: Makes a student's feedback page.
        columns: Names of the worksheet's columns by their roles, in a language not known here.
    """
    sheet = read_worksheet(worksheet, columns)
    lines = sheet.table.lines
    found, not_in_file = match(grades, [sheet.identity(line) for line in lines])
    files = {}
    for line, grade in zip(lines, found, strict=True):
        if grade is not None:
            folder = f"{_in_a_path(line[1])}_{sheet.number(line)}_assignsubmission_file_"
            files[f"{folder}/{PAGE}"] = page(grade)
    return FeedbackArchive(files, not_in_file)


def for_submissions(
    grades: Sequence[Grade],
    submissions: Path,
    page: Callable[[Grade], str],
    *,
    hints: bool = True,
) -> FeedbackArchive:
    """Return the archive of feedback for Moodle or Canvas, by the archive of submissions.

    Args:
        grades: The grades of the class.
        submissions: The archive that Moodle or Canvas gave out.
        page: Makes a student's feedback page, for Moodle.
        hints: Whether students see the hints.
    """
    uploads = _uploads(submissions)
    own = _notebooks(uploads, f"{grades[0].result.assignment}.ipynb")
    found, not_in_file = match(grades, [[one.student] for one in own])
    files = {}
    for upload, grade in zip(own, found, strict=True):
        if grade is None:
            continue
        if upload.upload:
            files[upload.prefix] = _notebook(grade, hints=hints)
        else:
            files[f"{upload.prefix.rstrip('/')}/{PAGE}"] = page(grade)
    return FeedbackArchive(files, not_in_file)


def _in_a_path(name: str) -> str:
    """Return a name as a part of a folder's name, which Moodle splits at underscores."""
    kept = (" " if one in '_/\\:*?"<>|' or not one.isprintable() else one for one in name)
    return "".join(kept).strip(" .") or "student"


def _uploads(submissions: Path) -> list[Upload]:
    try:
        with zipfile.ZipFile(submissions) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{submissions}: {error}") from None
    uploads = [found for name in names if (found := parse(PurePosixPath(name)))]
    if not uploads:
        raise UsageError(
            f"{submissions}: no file of it is called as Canvas or Moodle calls submissions; give "
            "the archive as it was downloaded"
        )
    return uploads


def _notebooks(uploads: Sequence[Upload], usual: str) -> list[Upload]:
    """Return one file of each student: in Canvas a notebook, the usual or else the latest."""
    best: dict[str, tuple[tuple[bool, int, int], Upload]] = {}
    for one in uploads:
        if one.upload and not one.prefix.endswith(".ipynb"):
            continue  # Canvas would show a notebook under the name of another kind of file
        rank = (one.file == usual, one.upload, one.again)
        if one.number not in best or rank > best[one.number][0]:
            best[one.number] = rank, one
    return [one for _, one in best.values()]


def _notebook(grade: Grade, *, hints: bool) -> str:
    """Return the feedback as a notebook that runs and renders nothing."""
    title = f"# Feedback on {grade.result.assignment}"
    text = "\n".join(lines_of(grade, hints=hints))
    cells = (("markdown", "title", title), ("raw", "feedback", text))  # raw is shown as it is
    tree = {
        "cells": [
            {"cell_type": kind, "id": name, "metadata": {}, "source": source}
            for kind, name, source in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"
