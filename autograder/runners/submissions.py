"""The submissions of a class, one for each student, and what a runner has to grade."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.notebooks.reader import Unreadable
from autograder.notebooks.submitted_file import Submitted, read_submission, reason_of
from autograder.runners.layouts import (
    Submission,
    class_at,
    link_problem,
    student_at,
    student_of_folder,
)
from autograder.support.errors import UsageError
from autograder.support.files import printable_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from autograder.assignment.model import Assignment
    from autograder.results.model import QuestionResult


@dataclass(frozen=True)
class GradingTask:
    """One submission for a runner to grade.

    Attributes:
        student: The student's name.
        notebook: What was handed in.
        key: An identifier for the caller's own use.
        assignment: The assignment to grade by, if not the runner's.
        kept: Results of an earlier grading of the same bytes that still hold, by question.
        question: The one question to grade; empty for all.
    """

    student: str
    notebook: Submitted
    key: str = ""
    assignment: Assignment | None = None
    kept: Mapping[str, QuestionResult] = field(default_factory=dict)
    question: str = ""


def read_submitted(submission: Submission) -> Submitted | Unreadable:
    """Return what a student handed in, or one sentence that says why there is nothing to grade."""
    if submission.problem:
        return Unreadable(submission.problem)
    if not submission.notebooks:
        return read_submission(submission.path)
    found = {name: read_submission(path) for name, path in submission.notebooks.items()}
    unreadable = [one for one in found.values() if isinstance(one, Unreadable)]
    whole = {name: data for name, data in found.items() if isinstance(data, bytes)}
    return unreadable[0] if unreadable else whole


def collect(
    paths: Iterable[Path],
    assignment: Assignment,
    *,
    ignore: Sequence[Path] = (),
    may_be_empty: bool = False,
) -> list[Submission]:
    """Return the submissions at these paths, one per student, sorted by the students' names.

    Args:
        paths: Notebooks, students' folders and folders of classes.
        assignment: What was to be handed in.
        ignore: Paths in a class's folder that are no submissions, such as the results.
        may_be_empty: Whether folders without any submission are no error.

    Raises:
        UsageError: For a path that does not exist or cannot be read, and for a single path that has
            nothing in it.
    """
    paths = list(paths)
    found: dict[str, Submission] = {}
    students = _students_beside(paths, assignment)
    for path in paths:
        for submission in map(_named, _at(path, assignment, students, ignore)):
            earlier = found.get(submission.student)
            found[submission.student] = _one_of(earlier, submission) if earlier else submission
    if not found and paths and not may_be_empty:
        expected = f"<student>/{assignment.name}/{' or '.join(assignment.notebooks)}"
        shown = printable_name(str(paths[0]), 200)
        raise UsageError(f"{shown}: no notebook and no {expected} here")
    return _without_shared_files([found[student] for student in sorted(found)])


def _students_beside(paths: Sequence[Path], assignment: Assignment) -> set[Path]:
    """Return the folders of these paths that are of one student each, whatever is in them.

    `submitted/*` names the folders of a class. If one of them is a student's by its content, those
    beside it are students' too, however little they contain.
    """
    known = {
        path.absolute().parent for path in paths if _whose(path, assignment) == path.absolute().name
    }
    return {path for path in paths if len(paths) > 1 and path.absolute().parent in known}


def _whose(path: Path, assignment: Assignment) -> str:
    """Return the student whose folder this is; "" if it is none, or cannot be read."""
    try:
        return student_of_folder(path, assignment) if path.is_dir() else ""
    except OSError:
        return ""


def _at(
    path: Path, assignment: Assignment, students: Collection[Path], ignore: Sequence[Path]
) -> list[Submission]:
    """Return the submissions at a path of the command line."""
    shown = printable_name(str(path), 200)
    if not os.path.lexists(path):
        raise UsageError(f"{shown}: no such file or folder")
    student = path.absolute().name if path in students else _whose(path, assignment)
    try:
        if not student or not path.is_dir():
            return list(class_at(path, assignment, ignore))
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {reason_of(error)}") from None
    if path.is_symlink():
        return [Submission(path.name, path, link_problem(path))]
    return [student_at(student, path, assignment)]


def _named(submission: Submission) -> Submission:
    r"""Return the submission with a student's name that is valid Unicode and not empty.

    Names that differ stay different: `\xff` is written for a byte that is not UTF-8, and so a name
    that has these four characters in it is written with two backslashes.
    """
    name = submission.student
    if re.search(r"[\ud800-\udfff]|\\x[0-9a-f]{2}", name):
        name = os.fsencode(name.replace("\\", "\\\\")).decode(errors="backslashreplace")
    return replace(submission, student=name or "(no name)")


def _one_of(first: Submission, second: Submission) -> Submission:
    """Return the one submission of a student; if two differ, one with a problem."""
    if first.problem or second.problem:
        return second if first.problem and not second.problem else first
    if read_submitted(first) == read_submitted(second):
        return first
    both = " and ".join(printable_name(str(one.path), 200) for one in (first, second))
    problem = f"Two different submissions of {printable_name(first.student)}: {both}."
    return Submission(first.student, first.path, problem=problem)


def _without_shared_files(submissions: Sequence[Submission]) -> list[Submission]:
    """Give a problem to students who share one file on disk: nobody can tell whose work it is."""
    files = [_files_of(one) for one in submissions]
    owners = Counter(identity for own in files for identity in own)
    checked = []
    for one, own in zip(submissions, files, strict=True):
        shared = [name for identity, name in own.items() if owners[identity] > 1]
        problem = " ".join(_SHARED.format(printable_name(name)) for name in shared)
        checked.append(replace(one, problem=problem) if shared else one)
    return checked


_SHARED = "{} is a hard link to another student's file; put a copy of the student's own work there."


def _files_of(submission: Submission) -> dict[tuple[int, int], str]:
    """Return the names of the submitted files that have several, by their identity on disk."""
    found = {}
    for path in () if submission.problem else (*submission.notebooks.values(), submission.path):
        with suppress(OSError):  # reading it will give the reason
            status = path.lstat()
            if status.st_nlink > 1:
                found[(status.st_dev, status.st_ino)] = path.name
    return found
