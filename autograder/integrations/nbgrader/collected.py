"""Prepare `nbgrader autograde` for what is in a folder of submissions, however odd.

nbgrader follows links, waits for pipes, copies whatever lies beside a notebook (a link to /dev/zero
fills the disk), skips renamed notebooks and students without one, and stops the class at a name
with a newline. Here every folder in `submitted/` becomes a submission that is read as `autograder
grade` reads it.
"""

# mypy: disable-error-code="import-untyped, misc"
# nbgrader has no type hints.
from __future__ import annotations

import fnmatch
import glob
import logging
import os
import re
import stat
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.utils import parse_utc

from autograder.assignment.rubric import load, rubric_in
from autograder.integrations.nbgrader.unknown_cells import refuse_unknown_cells
from autograder.notebooks.reader import MAX_BYTES, Unreadable
from autograder.notebooks.submitted_file import read_submission
from autograder.runners.layouts import Submission, link_problem, student_at
from autograder.support.files import printable_name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    from autograder.assignment.model import Assignment

_MAX_FILES = 1000  # beside a notebook; more are not copied for formgrader
_USUAL = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")  # noqa: PTH118


@cache
def assignment_in(root: Path) -> Assignment:
    """Return the assignment of the course that nbgrader works in."""
    return load(rubric_in(root))


def submission_of(coursedir: CourseDirectory, student: str, assignment_name: str) -> Submission:
    """Return what a student handed in for an assignment, the rubric's or another."""
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment_name))
    assignment = assignment_in(Path(coursedir.root))
    for place in (folder.parent, folder):
        if place.is_symlink():
            return Submission(student, folder, link_problem(place))
    if assignment.name != assignment_name:
        return Submission(student, folder)
    return student_at(student, folder.parent, assignment)


def submitted(
    coursedir: CourseDirectory, student: str, assignment_name: str, notebook: str
) -> tuple[bytes | Unreadable, str]:
    """Return what a student handed in as this notebook, and how it was found if it was renamed."""
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment_name))
    assignment = assignment_in(Path(coursedir.root))
    found = submission_of(coursedir, student, assignment_name)
    graded = assignment.name == assignment_name and notebook in assignment.notebooks
    if not graded:
        linked = found.problem and any(one.is_symlink() for one in (folder.parent, folder))
        return (Unreadable(found.problem) if linked else read_submission(folder / notebook)), ""
    if found.problem:
        return Unreadable(found.problem), ""
    if found.notebooks and notebook not in found.notebooks:
        return Unreadable(f"{notebook} was not handed in."), ""
    return read_submission(found.notebooks.get(notebook, found.path)), found.repair


def prepare(converter: Autograde) -> None:
    """Let a converter take every student's folder, and copy nothing that is not a plain file."""
    for handler in converter.log.handlers:
        handler.addFilter(_printable)
    coursedir = converter.coursedir
    coursedir.get_existing_timestamp = partial(_timestamp, coursedir)
    assignment = assignment_in(Path(coursedir.root))
    steps = coursedir.source_directory, coursedir.release_directory
    refuse_unknown_cells(converter, assignment, *steps)
    if coursedir.assignment_id != assignment.name or coursedir.directory_structure != _USUAL:
        return
    for student in _students(coursedir):
        folder = coursedir.format_path(coursedir.submitted_directory, student, assignment.name)
        # Newlines break nbgrader's patterns, lone surrogates its database. Formgrader's pages take
        # the others as HTML or JavaScript: a name could be a script in the grader's browser.
        if re.search('[\n\ud800-\udfff<>"\\\\]', student):
            converter.assignments.pop(folder, None)
            name = printable_name(student)
            converter.log.error("Not graded, rename the folder and run this again: %s", name)
            continue
        others = [
            path
            for path in converter.assignments.get(folder, ())
            if (assignment.source / Path(path).name).is_file()
        ]
        graded = [str(Path(folder, name)) for name in assignment.notebooks]
        converter.assignments[folder] = sorted({*graded, *others})
        if not _is_plain(Path(folder)):
            name = printable_name(student)
            converter.log.warning("Odd or too many files beside a notebook, not copied: %s", name)
            coursedir.ignore = [*coursedir.ignore, glob.escape(folder)]


def _students(coursedir: CourseDirectory) -> Iterator[str]:
    """Yield the names of the folders that are to be graded and hold something of this assignment.

    Folders that contain other assignments only are left out.
    """
    submitted_folder = Path(coursedir.root, coursedir.submitted_directory)
    released = Path(coursedir.root, coursedir.source_directory)
    others = {path.name for path in released.iterdir()} - {coursedir.assignment_id}
    for entry in sorted(os.scandir(submitted_folder), key=lambda one: one.name):
        chosen = fnmatch.fnmatchcase(entry.name, coursedir.student_id)
        if not chosen or not entry.is_dir() or entry.name in coursedir.ignore:
            continue
        try:
            inside = {*os.listdir(entry.path)}  # noqa: PTH208 - the names alone
        except OSError:
            inside = set()
        if not inside or inside - others:
            yield entry.name


def _is_plain(folder: Path) -> bool:
    """Return whether a folder holds only readable files, and few and small enough to be copied."""
    total = 0
    walk = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    files = list(islice(walk, _MAX_FILES + 1))
    for path in files:
        try:
            status = path.lstat()
        except OSError:
            return False
        total += status.st_size
        plain = stat.S_ISREG(status.st_mode) and os.access(path, os.R_OK)
        # The notebooks are read elsewhere, not copied.
        if path.suffix != ".ipynb" and not (plain and total <= MAX_BYTES):
            return False
    return len(files) <= _MAX_FILES


def _timestamp(coursedir: CourseDirectory, folder: str) -> dt.datetime | None:
    """Return the time in `timestamp.txt`; None if there is no such file or no time in it."""
    path = Path(folder, "timestamp.txt")
    if not os.path.lexists(path):
        return None
    data = read_submission(path)
    try:
        return None if isinstance(data, Unreadable) else parse_utc(data[:100].decode().strip())
    except ValueError:
        coursedir.log.warning("No time in timestamp.txt of %s", folder)
        return None


def _printable(record: logging.LogRecord) -> bool:
    """Remove control characters from a message: names of folders are not to be trusted."""
    text: Any = record.getMessage()
    record.msg = "\n".join(printable_name(line, len(line) or 1) for line in text.split("\n"))
    record.args = ()
    return True
