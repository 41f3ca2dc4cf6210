"""Find the submissions below the paths of the command line, and describe what is to be graded.

Three layouts are known: single notebooks, nbgrader's `submitted/<student>/<assignment>/<notebook>`,
and a flat folder of notebooks named after students.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.support.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from autograder.assignment.model import Assignment
    from autograder.results.model import QuestionResult


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: The student's name.
        path: The notebook, or where it should have been.
        problem: Why there is nothing to grade, in one sentence; empty if there is.
        repair: What was assumed to find the notebook; empty if nothing.
    """

    student: str
    path: Path
    problem: str = ""
    repair: str = ""


@dataclass(frozen=True)
class GradingTask:
    """One notebook for a runner to grade.

    Attributes:
        student: The student's name.
        notebook: The submitted bytes.
        key: An identifier for the caller's own use.
        assignment: The assignment to grade by, if not the runner's.
        kept: Results of an earlier grading of the same bytes that still hold, by question.
        question: The one question to grade; empty for all.
    """

    student: str
    notebook: bytes
    key: str = ""
    assignment: Assignment | None = None
    kept: Mapping[str, QuestionResult] = field(default_factory=dict)
    question: str = ""


def collect(paths: Iterable[Path], assignment: Assignment) -> list[Submission]:
    """Return the submissions at these paths, one per student, sorted by the students' names.

    Raises:
        UsageError: For a path that does not exist, or that has no submission in or below it.
    """
    found: dict[str, Submission] = {}
    for path in paths:
        here = list(_at(path, assignment))
        if not here:
            raise UsageError(
                f"{path}: no notebook and no <student>/{assignment.name}/{assignment.notebook} here"
            )
        for submission in map(_named, here):
            earlier = found.get(submission.student)
            found[submission.student] = _one_of(earlier, submission) if earlier else submission
    return [found[student] for student in sorted(found)]


def _named(submission: Submission) -> Submission:
    """Return the submission with a student's name that is valid Unicode and not empty."""
    name = os.fsencode(submission.student).decode(errors="backslashreplace")
    return replace(submission, student=name or "(no name)")


def _one_of(first: Submission, second: Submission) -> Submission:
    """Return the one submission of a student; if two differ, one with a problem."""
    if first.problem or second.problem:
        return second if first.problem and not second.problem else first
    if first.path.resolve() == second.path.resolve():
        return first
    if first.path.read_bytes() == second.path.read_bytes():
        return first
    problem = f"Two different submissions of {first.student}: {first.path} and {second.path}."
    return Submission(first.student, first.path, problem=problem)


def _at(path: Path, assignment: Assignment) -> Iterator[Submission]:
    if path.is_dir():
        yield from _in_folder(path, assignment)
    elif path.exists() or path.is_symlink():
        yield _checked(_student_of(path, assignment), path)
    else:
        raise UsageError(f"{path}: no such file or folder")


def _student_of(path: Path, assignment: Assignment) -> str:
    """Return the student's name: the notebook's own, or that of the folder around it."""
    path = path.absolute()
    if path.name != assignment.notebook:
        return path.stem
    folder = path.parent
    return folder.parent.name if folder.name == assignment.name else folder.name


def _checked(student: str, path: Path, repair: str = "") -> Submission:
    """Refuse links, which may lead anywhere, and pipes, which may never end."""
    if path.is_symlink():
        return Submission(student, path, problem=f"{path.name} is a link, not a file.")
    if not path.is_file():
        return Submission(student, path, problem=f"{path.name} is not a file.")
    return Submission(student, path, repair=repair)


def _in_folder(folder: Path, assignment: Assignment) -> Iterator[Submission]:
    if (folder / assignment.notebook).exists():
        yield _checked(
            _student_of(folder / assignment.notebook, assignment), folder / assignment.notebook
        )
        return
    if (folder / assignment.name / assignment.notebook).exists():
        yield one_folder(folder.absolute().name, folder / assignment.name, assignment)
        return
    if folder.absolute().name == assignment.name and _others(folder, assignment):
        yield one_folder(folder.absolute().parent.name, folder, assignment)
        return
    for path in sorted(folder.glob("*.ipynb")):
        yield _checked(_student_of(path, assignment), path)
    for student in sorted(path for path in folder.iterdir() if path.is_dir()):
        if (student / assignment.name).is_dir():
            yield one_folder(student.name, student / assignment.name, assignment)
        elif (student / assignment.notebook).exists():
            yield _checked(student.name, student / assignment.notebook)


def one_folder(student: str, folder: Path, assignment: Assignment) -> Submission:
    """Return the notebook in a student's folder, renamed or not, or a problem."""
    wanted = folder / assignment.notebook
    if wanted.exists() or wanted.is_symlink():
        return _checked(student, wanted)
    others = _others(folder, assignment)
    if len(others) == 1:
        repair = f"{assignment.notebook} is missing; {others[0].name} was graded in its place."
        return _checked(student, others[0], repair)
    found = f"; found {', '.join(path.name for path in others)}" if others else ""
    return Submission(student, wanted, problem=f"No {assignment.notebook} was handed in{found}.")


def _others(folder: Path, assignment: Assignment) -> list[Path]:
    """Return the notebooks in a folder that are not the assignment's own."""
    known = {path.name for path in assignment.source.glob("*.ipynb")}
    return [path for path in sorted(folder.glob("*.ipynb")) if path.name not in known]
