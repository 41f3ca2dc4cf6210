"""Write answers into an assignment's notebooks."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.notebooks.fill import fill_notebook
from autograder.notebooks.submitted_file import Submitted


def filled(
    assignment: Assignment, answers: Mapping[str, str], folder: Path | None = None
) -> Submitted:
    """Return what a student with these answers hands in.

    Args:
        assignment: The assignment.
        answers: Code by question; the cells of other questions stay as they are.
        folder: Where the notebooks are; by default the source folder.

    Raises:
        FillError: If a notebook lacks a cell for an answer.
    """
    files = _files_filled(assignment, answers, folder or assignment.source)
    return files if len(files) > 1 else files[assignment.notebook]


def main_filled(assignment: Assignment, answers: Mapping[str, str]) -> bytes:
    """Return the main source notebook with these answers, without those of other notebooks."""
    return _files_filled(assignment, answers, assignment.source)[assignment.notebook]


def write_solved(assignment: Assignment, folder: Path) -> list[Path]:
    """Copy the source folder, and fill the reference answers into the assignment's notebooks.

    Helpers and data are copied too, so that the notebooks run in `folder`.

    Returns:
        The notebooks, sorted by name.

    Raises:
        BankError: If the answer bank is invalid.
        FillError: If a notebook lacks a cell for an answer.
    """
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(assignment.source, folder, ignore=ignored, dirs_exist_ok=True)
    for name, solved in _files_filled(assignment, load_bank(assignment).answers(), folder).items():
        (folder / name).write_bytes(solved)
    return sorted(folder.glob("*.ipynb"))


def _files_filled(
    assignment: Assignment, answers: Mapping[str, str], folder: Path
) -> dict[str, bytes]:
    """Return each notebook with questions by its file name, with the answers to them."""
    files = {}
    for part in assignment.parts:
        data = (folder / part.notebook).read_bytes()
        own = {one.id: answers[one.id] for one in part.questions if one.id in answers}
        files[part.notebook] = fill_notebook(data, own) if own else data
    return files
