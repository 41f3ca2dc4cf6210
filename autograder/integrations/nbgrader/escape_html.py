"""Write students' text cells as HTML that is safe in formgrader and in feedback pages.

nbgrader renders Markdown with its HTML and every link: a script would run with the grader's rights.
Outputs are safe: nbgrader clears the submitted ones, and ours are escaped.
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call"
# nbgrader has no type hints.
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nbconvert.preprocessors import Preprocessor
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.integrations.nbgrader.markdown import as_typed, inert, to_html
from autograder.integrations.nbgrader.repair import released_notebook, source_notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.integrations.nbgrader.repair import Resources

_MAX_TEXT = 500_000  # characters of one notebook that are rendered as Markdown
# What nbgrader's template for formgrader inserts as HTML, without escaping it.
_NAMES = ("student", "last_name", "first_name", "notebook_path", "notebook_id", "assignment_id")


class EscapeHtml(NbGraderPreprocessor):
    """Writes every text cell that differs from the released ones as a block of safe HTML.

    Runs last: nbgrader recognizes an unanswered cell by its unchanged text.
    """

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Render Markdown and raw cells; released cells keep their text and their pictures."""
        coursedir = self.parent.parent.coursedir
        ours = {
            _key(cell): cell.get("attachments", {})
            for own in (source_notebook, released_notebook)  # nbgrader restores mark schemes
            for cell in own(coursedir, resources).cells
        }
        left = _MAX_TEXT
        for cell in notebook.cells:
            if cell.cell_type == "code":
                continue
            attachments = cell.pop("attachments", {})
            if _key(cell) in ours:
                if known := ours[_key(cell)]:  # a student may have replaced them
                    cell.attachments = known
                continue
            left -= len(cell.source)
            plain = cell.cell_type == "raw" or left < 0
            text = as_typed(cell.source) if plain else to_html(cell.source, attachments)
            # MathJax would read formulas in a raw cell too.
            cell.cell_type, cell.source = "markdown", inert(text)
        return notebook, resources


class EscapeNames(Preprocessor):
    """Escapes what nbgrader's template for formgrader inserts as HTML: names of students."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Escape the texts that the page gets; the notebook stays as it is."""
        for name in _NAMES:
            resources[name] = escape(resources.get(name) or "")
        return notebook, resources


def _key(cell: NotebookNode) -> tuple[str, str]:
    return cell.cell_type, cell.source
