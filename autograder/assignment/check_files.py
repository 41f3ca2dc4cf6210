"""Find the check files of a question, and read the checks' ids and titles without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from autograder.assignment.model import RubricError


def check_files_in(folder: Path, question: str) -> list[Path]:
    """Return a question's check files in a folder.

    These are `check_<id>.py`, then `check_<id>_<part>.py`, then `check_*.py` in the subfolder
    `<id>/`, `check_<id>.py` first.
    """
    own = folder / question
    found = [
        folder / f"check_{question}.py",
        *sorted(folder.glob(f"check_{question}_*.py")),
        own / f"check_{question}.py",
        *sorted(own.glob("check_*.py")),
    ]
    return [path for path in dict.fromkeys(found) if path.is_file()]


def own_files(folder: Path, question: str) -> set[Path]:
    """Return the files in a folder that only this question uses: its checks and their helpers.

    Helpers in the subfolder `<id>/` belong to the question; all others are shared.
    """
    in_subfolder = (path for path in (folder / question).rglob("*") if path.is_file())
    return {*check_files_in(folder, question), *in_subfolder}


def read_checks(paths: Iterable[Path]) -> dict[str, str]:
    """Return the title of each check in some files by its id, in the order of the files.

    Raises:
        RubricError: If a file is not valid Python.
    """
    found: dict[str, str] = {}
    for path in paths:
        for node in parse(path).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("check_"):
                check_id = node.name.removeprefix("check_")
                documentation = ast.get_docstring(node) or check_id.replace("_", " ")
                found[check_id] = documentation.splitlines()[0]
    return found


def parse(path: Path) -> ast.Module:
    """Parse a Python file of the course.

    Raises:
        RubricError: If it is not valid Python.
    """
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise RubricError(f"{path}: not valid Python: {error}") from None
