"""Find what students handed in, in every layout that instructors have.

Three layouts are known: single notebooks, nbgrader's `submitted/<student>/<assignment>/<notebook>`,
and a flat folder of notebooks named after students. Whatever else is in a folder of submissions is
a submission with a problem, so that no student is left out. Symbolic links below the paths of the
command line are not followed: they would make one student's work another's.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.notebooks.submitted_file import reason_of
from autograder.support.files import printable_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograder.assignment.model import Assignment

# Made by systems and tools, not by students.
_NOT_SUBMISSIONS = frozenset(
    {".DS_Store", ".git", ".gitignore", ".gitkeep", ".ipynb_checkpoints", "__MACOSX", "__pycache__"}
    | {"Thumbs.db", "desktop.ini"}
)
_MAX_ENTRIES = 10_000  # of a student's folder; later ones are ignored
_MAX_NAMED = 5  # names of found files in a message
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: The student's name.
        path: The notebook, or where it should have been; of several, the first.
        problem: Why there is nothing to grade, in one sentence; empty if there is.
        repair: What was assumed to find the notebooks; empty if nothing.
        notebooks: The notebooks of an assignment with several, as far as they were handed in, by
            the names that they should have; empty if the assignment has one.
    """

    student: str
    path: Path
    problem: str = ""
    repair: str = ""
    notebooks: Mapping[str, Path] = field(default_factory=dict)


def class_at(
    path: Path, assignment: Assignment, ignore: Sequence[Path] = ()
) -> Iterator[Submission]:
    """Yield the submissions at a path: a notebook, or a folder of a class.

    Raises:
        OSError: If the path itself cannot be read.
    """
    if not path.is_dir():
        yield _alone(_student_of(path, assignment), path, assignment)
        return
    ignored = {one.absolute() for one in ignore}
    for entry in _entries(path, limit=None):
        found = Path(entry.path)
        if found.absolute() in ignored:
            continue
        is_notebook = found.suffix == ".ipynb"
        if entry.is_symlink():
            yield Submission(found.stem if is_notebook else found.name, found, link_problem(found))
        elif _is_folder(entry):
            yield student_at(entry.name, found, assignment)
        elif is_notebook:
            yield _alone(found.stem, found, assignment)
        else:
            yield Submission(found.stem, found, _nothing([found.name], assignment))


def student_of_folder(folder: Path, assignment: Assignment) -> str:
    """Return the student whose folder this is, "" if it is the folder of a class."""
    here = folder.absolute()
    names = {entry.name: entry for entry in _entries(folder)}
    others = [entry for entry in names.values() if entry.name != assignment.name]
    if any(_is_folder(entry) and _has_submission(entry, assignment) for entry in others):
        return ""
    if here.name == assignment.name and _notebooks_in(names.values(), assignment):
        return here.parent.name
    own = names.get(assignment.name)
    own_folder = own is not None and _is_folder(own) and not _is_whole_class(own, assignment)
    return here.name if own_folder or not names.keys().isdisjoint(assignment.notebooks) else ""


def student_at(student: str, folder: Path, assignment: Assignment) -> Submission:
    """Return the submission in a student's folder: its notebooks, renamed or not, or a problem.

    They are looked for in the folder's subfolder for the assignment, then in the folder.
    """
    wanted = folder / assignment.name / assignment.notebook
    try:
        entries = _entries(folder)
        of_assignment = [one for one in entries if _is_named(one.name, assignment.name)]
        exact = [one for one in of_assignment if one.name == assignment.name]
        for one in exact or of_assignment[:2]:
            if one.is_symlink():
                return Submission(student, wanted, link_problem(Path(one.path)))
        subfolders = [one for one in exact or of_assignment if _is_folder(one)]
        inside = _entries(Path(subfolders[0].path)) if len(subfolders) == 1 else []
    except OSError as error:
        return Submission(student, wanted, f"The folder cannot be read: {reason_of(error)}.")
    for place in (inside, entries):
        if found := _notebooks_in(place, assignment):
            repairs = [_moved(name, path, folder, assignment) for name, path in found.items()]
            return _checked(student, found, assignment, " ".join(filter(None, repairs)))
    names = [f"{one.name}/" if _is_folder(one) else one.name for one in inside or entries]
    return Submission(student, wanted, _nothing(names or ["an empty folder"], assignment))


def _student_of(path: Path, assignment: Assignment) -> str:
    """Return the student's name: the notebook's own, or that of the folder around it."""
    path = path.absolute()
    if path.name not in assignment.notebooks:
        return path.stem
    folder = path.parent
    return folder.parent.name if folder.name == assignment.name else folder.name


def _alone(student: str, path: Path, assignment: Assignment) -> Submission:
    """Return the submission of a notebook, and of the assignment's other notebooks beside it."""
    if path.name not in assignment.notebooks:
        return _checked(student, {assignment.notebook: path}, assignment)
    beside = {name: path.parent / name for name in assignment.notebooks}
    found = {name: one for name, one in beside.items() if one == path or os.path.lexists(one)}
    return _checked(student, found, assignment)


def _checked(
    student: str, found: Mapping[str, Path], assignment: Assignment, repair: str = ""
) -> Submission:
    """Return the submission of these files; reading them will tell whether they can be read."""
    problem = " ".join(link_problem(path) for path in found.values() if path.is_symlink())
    several = found if len(assignment.notebooks) > 1 else {}
    return Submission(student, next(iter(found.values())), problem, repair, several)


def _moved(wanted: str, path: Path, folder: Path, assignment: Assignment) -> str:
    """Return a sentence if a notebook has another name or place than it should have."""
    if path in (folder / wanted, folder / assignment.name / wanted):
        return ""
    name = printable_name(str(path.relative_to(folder)).removeprefix(f"{assignment.name}/"))
    return f"{wanted} is missing; {name} was graded in its place."


def link_problem(path: Path) -> str:
    """Return the sentence for a link in the place of a student's work."""
    return f"{printable_name(path.name)} is a symbolic link, not the student's own work."


def _nothing(names: Sequence[str], assignment: Assignment) -> str:
    """Return the sentence for a student who handed in other things, or nothing."""
    found = ", ".join(map(printable_name, names[:_MAX_NAMED])) + ", …" * (len(names) > _MAX_NAMED)
    expected = " and ".join(assignment.notebooks)
    return f"Nothing to grade, found: {found}; expected: {expected}."


def _entries(folder: Path, limit: int | None = _MAX_ENTRIES) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, sorted by name."""
    with os.scandir(folder) as found:
        kept = islice((one for one in found if one.name not in _NOT_SUBMISSIONS), limit)
        return sorted(kept, key=lambda one: one.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _has_submission(entry: os.DirEntry[str], assignment: Assignment) -> bool:
    """Return whether a folder is a student's: whether the assignment's names are in it."""
    return any(
        os.path.lexists(os.path.join(entry.path, name))  # noqa: PTH118 - an entry has no Path
        for name in (assignment.name, *assignment.notebooks)
    )


def _is_whole_class(entry: os.DirEntry[str], assignment: Assignment) -> bool:
    """Return whether a folder named after the assignment holds students' folders."""
    try:
        inside = _entries(Path(entry.path))
    except OSError:
        return False
    return any(_is_folder(one) and _has_submission(one, assignment) for one in inside)


def _notebooks_in(entries: Iterable[os.DirEntry[str]], assignment: Assignment) -> dict[str, Path]:
    """Return the assignment's notebooks among the files of a folder, renamed or not.

    A renamed notebook counts if it is the only one with a name like the wanted. The main notebook
    may also have any other name, if no other notebook is there.
    """
    entries = list(entries)
    exact = {entry.name: Path(entry.path) for entry in entries}
    released = {path.name for path in assignment.source.glob("*.ipynb")}
    others = [one for one in entries if _is_notebook(one) and one.name not in released]
    meant = {Path(one.path): _meant(one.name, assignment) for one in others}
    found: dict[str, Path] = {}
    for wanted in assignment.notebooks:
        alike = [path for path, name in meant.items() if name == wanted]
        anyhow = [path for path, name in meant.items() if name in (wanted, "")]
        candidates = [[exact[wanted]]] if wanted in exact else [alike]
        if wanted == assignment.notebook and wanted not in exact:
            candidates.insert(0, anyhow)
        found |= next(({wanted: group[0]} for group in candidates if len(group) == 1), {})
    return found


def _meant(name: str, assignment: Assignment) -> str:
    """Return which notebook of the assignment a file is named after; "" if it is none."""
    alike = [wanted for wanted in assignment.notebooks if _is_named(name, wanted)]
    return max(alike, key=len, default="")


def _is_notebook(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(".ipynb") and not _is_folder(entry)


def _is_named(name: str, wanted: str) -> bool:
    """Return whether a name is the wanted one, or a variant that people or browsers make of it.

    `vae`: `VAE`, `vae (1)`, `vae-2`, `VAE_final`, `vae copy`, `Copy of vae`.
    """
    return _words(wanted) in _words(name)


def _words(name: str) -> str:
    """Return the words of a name in lower case, each between two spaces."""
    plain = unicodedata.normalize("NFKC", name).casefold().removesuffix(".ipynb")
    return f" {' '.join(_WORD.findall(plain))} "
