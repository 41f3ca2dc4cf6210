"""nbgrader's feedback page as one self-contained file.

nbgrader's own page loads MathJax from another server, shows the instructors' mark schemes to
students, calls every question "Test cell", and shows a missing grade as 0.
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call, override"
# nbgrader has no type hints; some of nbconvert's are wrong.
from __future__ import annotations

import glob
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbgrader
from jinja2 import pass_context
from jinja2.filters import do_float, do_round
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearMarkScheme, GetGrades
from nbgrader.utils import is_grade, is_solution, is_task

from autograder.assignment.rubric_validation import GRADE_CELL
from autograder.integrations.nbgrader.markdown import clean, to_html
from autograder.reports.html import with_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode
    from traitlets.config import Config

    from autograder.integrations.nbgrader.repair import Resources

_FONT = re.compile(r"@font-face\s*\{[^}]*\}")  # of nbgrader's icons, whose files are missing
_TEMPLATES = Path(__file__).resolve().parent / "templates"


def configure(config: Config) -> None:
    """Set the exporter, preprocessors and templates of `nbgrader generate_feedback`."""
    theirs = Path(nbgrader.__file__).parent / "server_extensions/formgrader"
    config.GenerateFeedback.exporter_class = (
        "autograder.integrations.nbgrader.feedback_exporter.FeedbackExporter"
    )
    config.GenerateFeedback.preprocessors = [Grades, ClearTasks, CSSHTMLHeaderPreprocessor]
    # Settings of this class only: formgrader uses the parent class.
    config.FeedbackExporter.preprocessors = []
    config.FeedbackExporter.template_name = "with_reasons"
    config.FeedbackExporter.extra_template_basedirs = [str(_TEMPLATES), str(theirs / "templates")]
    config.FeedbackExporter.extra_template_paths = [
        str(theirs / "templates"),
        str(theirs / "static/node_modules/bootstrap/dist/css"),
    ]


class Grades(GetGrades):
    """Fetches the grades; a missing one stays None, and so does a sum that it belongs to.

    A cell that a person grades is left out of the sum until then, as in nbgrader's own page.
    """

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Fetch the grades of a notebook and their sum."""
        notebook, resources = super().preprocess(notebook, resources)
        automatic = (cell for cell in notebook.cells if is_grade(cell) and not is_solution(cell))
        if any(cell.metadata.nbgrader["score"] is None for cell in automatic):
            resources["nbgrader"]["score"] = None
        return notebook, resources

    def _get_score(self, cell: NotebookNode, resources: Resources) -> None:
        super()._get_score(cell, resources)
        marks = cell.metadata.nbgrader
        where = marks["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        grade = self.gradebook.find_grade(*where)
        if grade.auto_score is None and grade.manual_score is None:
            marks["score"] = None


class ClearTasks(ClearMarkScheme):
    """Removes the mark schemes of tasks; the same marker words in other cells cause no error."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Remove a task's mark scheme; leave every other cell as it is."""
        if not is_task(cell):
            return cell, resources
        cleared: tuple[NotebookNode, Resources] = super().preprocess_cell(cell, resources, index)
        return cleared


class FeedbackExporter(HTMLExporter):
    """Writes pages without scripts and links; formulas are MathML, which browsers render."""

    def __init__(self, *arguments: object, **options: object) -> None:
        """Add the submissions that nbgrader does not find, as it treats names as patterns."""
        super().__init__(*arguments, **options)
        if isinstance(converter := self.parent, GenerateFeedback):
            coursedir = converter.coursedir
            where = coursedir.autograded_directory, coursedir.student_id, coursedir.assignment_id
            for folder in glob.glob(coursedir.format_path(*where)):  # noqa: PTH207 - nbgrader's way
                found = Path(folder).glob(f"{coursedir.notebook_id}.ipynb")
                converter.assignments[folder] = sorted(map(str, found))

    def default_filters(self) -> Iterator[tuple[str, object]]:
        """Add the template's filter `question`; sanitize raw cells like Markdown."""
        yield from super().default_filters()
        yield "question", question_of
        yield "clean_html", clean
        yield "float", _number  # nbgrader's template rounds each score
        yield "round", _rounded

    @pass_context
    def markdown2html(self, context: Mapping[str, Any], source: str) -> str:
        """Return Markdown as safe HTML: of cells, and of the gradebook's comments."""
        # Trusted: EscapeHtml has made HTML of what students wrote. It is sanitized here too.
        return to_html(source, context.get("cell", {}).get("attachments", {}), trusted=True)

    def from_notebook_node(
        self, nb: NotebookNode, resources: Resources | None = None, **options: object
    ) -> tuple[str, Resources]:
        """Return the page, with a policy that forbids scripts and loading anything."""
        page, resources = super().from_notebook_node(nb, resources, **options)
        head, end, body = page.partition("</head>")
        # A formula may be wider than the page. What scrolls must be reachable by keyboard.
        body = body.replace('<math display="block"', '<math tabindex="0" display="block"')
        return with_policy(_FONT.sub("", head) + end + body), resources


def _number(value: float | None) -> float:
    return math.nan if value is None else do_float(value)


def _rounded(value: float, digits: int = 0) -> float | str:
    return "–" if math.isnan(value) else do_round(value, digits)


def question_of(grade_id: str) -> str:
    """Return the question of a grade cell."""
    return grade_id.removeprefix(GRADE_CELL)
