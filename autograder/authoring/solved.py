"""Write a course's notebooks with the reference answers in them."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.notebooks.fill import fill_notebook


def write_solved(assignment: Assignment, folder: Path) -> list[Path]:
    """Copy the source folder, and fill the reference answers into the assignment's notebook.

    Helpers and data are copied too, so that the notebooks run in `folder`.

    Returns:
        The notebooks, sorted by name.

    Raises:
        BankError: If the answer bank is invalid.
        FillError: If the notebook lacks a cell for an answer.
    """
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(assignment.source, folder, ignore=ignored, dirs_exist_ok=True)
    solved = folder / assignment.notebook
    solved.write_bytes(fill_notebook(solved.read_bytes(), load_bank(assignment).answers()))
    return sorted(folder.glob("*.ipynb"))
