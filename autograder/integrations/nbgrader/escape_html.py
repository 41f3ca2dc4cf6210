"""Escape HTML in the text cells of submissions: nbgrader's pages render Markdown with its HTML.

A script in a Markdown cell would run in the feedback page, and in formgrader with the grader's
rights. Outputs are safe: nbgrader clears the submitted ones, and ours are escaped.
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call"
# nbgrader carries no types.
from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.assignment.rubric import find_rubric, load
from autograder.notebooks.reader import Unreadable, read

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.integrations.nbgrader.repair import Resources

_TAG = re.compile(r"<(?=[A-Za-z/!?])")  # start of a tag; "a < b" and "x<3" are left alone


class EscapeHtml(NbGraderPreprocessor):
    """Escapes tags in every text cell that differs from the released ones.

    Runs last: nbgrader recognizes an unanswered cell by its unescaped text.
    """

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Escape tags in Markdown and raw cells; released cells may contain images."""
        root = Path(self.parent.parent.coursedir.root)
        folder = load(find_rubric(root)).source
        found = read((folder / f"{resources['nbgrader']['notebook']}.ipynb").read_bytes())
        ours = set() if isinstance(found, Unreadable) else {one.source for one in found.cells}
        for cell in notebook.cells:
            if cell.cell_type != "code" and cell.source not in ours:
                cell.source = _TAG.sub("&lt;", cell.source)
        return notebook, resources
