"""Hash the files that decide the outcomes of a question's checks.

These are the question's own files and what all questions share: the source folder, helpers, data,
stand-ins. Files of other questions do not count: check files import shared helpers, but nothing of
another question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.assignment.check_files import own_files
from autograder.support.files import is_hidden, relative_path


def hash_files(
    root: Path,
    questions: Mapping[str, Path],
    check_folders: Sequence[Path],
    *,
    also: Iterable[Path],
    without: Iterable[Path],
) -> Mapping[str, str]:
    """Return a hash for each question of the files that decide its outcomes.

    Args:
        root: The course's folder; a hash depends on where files are below it.
        questions: The source notebook of each question, by id. All files of its folder count,
            except other notebooks.
        check_folders: The folders with the visible and the hidden checks.
        also: Other files that all questions share.
        without: Files that do not count.
    """
    own = {
        question: {path for folder in check_folders for path in own_files(folder, question)}
        for question in questions
    }
    shared = {}
    for notebook in {*questions.values()}:
        folders = (notebook.parent, *check_folders)
        found = {path for folder in folders for path in folder.rglob("*")}.union(also)
        other_notebooks = set(notebook.parent.rglob("*.ipynb")) - {notebook}
        shared[notebook] = _hash(root, found.difference(without, other_notebooks, *own.values()))
    return {one: shared[questions[one]] + _hash(root, paths) for one, paths in own.items()}


def _hash(root: Path, paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file() and not is_hidden(root, path):
            total.update(relative_path(root, path).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
