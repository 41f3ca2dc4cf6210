"""Write answers into the cells of a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograder.support.errors import UsageError


class FillError(UsageError):
    """A notebook of the course that answers cannot be written into; the message says why."""


def fill_notebook(notebook: bytes, answers: Mapping[str, str]) -> bytes:
    """Return a notebook with answers in their cells; all other cells stay as they are.

    Args:
        notebook: A notebook as released or as in the source folder.
        answers: Code by grade_id.

    Returns:
        The filled notebook, in the layout that Jupyter writes.

    Raises:
        FillError: If the notebook is unreadable, or a cell is missing or occurs twice.
    """
    try:
        tree: dict[str, Any] = json.loads(notebook)
        cells = [cell for cell in tree["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise FillError(
            f"not a notebook of format 4 ({error!r}); open and save it in Jupyter"
        ) from None
    for grade_id, code in answers.items():
        matches = [cell for cell in cells if _grade_id(cell) == grade_id]
        if len(matches) != 1:
            raise FillError(
                f"{len(matches)} code cells have the grade_id '{grade_id}', expected one; "
                "correct the notebook's nbgrader metadata (Create Assignment in JupyterLab)"
            )
        matches[0]["source"] = code.strip("\n").splitlines(keepends=True)
        matches[0]["outputs"] = []
        matches[0]["execution_count"] = None
    return (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode()


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    grade_id = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
    return grade_id if isinstance(grade_id, str) else None
