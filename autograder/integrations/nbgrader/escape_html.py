"""Take the life out of what students write as text: nbgrader's pages show Markdown with its HTML.

A script in a Markdown cell would run in the feedback page, and in formgrader with the rights of
whoever grades. Outputs need no care: nbgrader clears the submitted ones, and escapes ours.
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call"
# nbgrader carries no types.
from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.assignment.model import find_rubric, load
from autograder.notebooks.reader import Unreadable, read

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.integrations.nbgrader.repair import Resources

_TAG = re.compile(r"<(?=[A-Za-z/!?])")  # what begins a tag; "a < b" and "x<3" stay as they are


class EscapeHtml(NbGraderPreprocessor):
    """Shows tags as the text that they are, in every text cell that is not ours.

    It comes last: nbgrader tells an answer that was left as released by its text.
    """

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Escape tags in the submission's Markdown and raw cells; ours may have pictures."""
        root = Path(self.parent.parent.coursedir.root)
        folder = load(find_rubric(root)).source
        found = read((folder / f"{resources['nbgrader']['notebook']}.ipynb").read_bytes())
        ours = set() if isinstance(found, Unreadable) else {one.source for one in found.cells}
        for cell in notebook.cells:
            if cell.cell_type != "code" and cell.source not in ours:
                cell.source = _TAG.sub("&lt;", cell.source)
        return notebook, resources
