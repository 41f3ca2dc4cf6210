"""nbgrader's feedback page, as one file that needs nothing else.

nbgrader's own page loads a script from another server to set formulas, shows the mark schemes of
staff to students, and calls every question "Test cell".
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call"
# nbgrader and nbconvert carry no types.
from __future__ import annotations

from html import escape, unescape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, tostring

import nbgrader
from jinja2 import pass_context
from latex2mathml.converter import convert_to_element
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearMarkScheme, GetGrades

from autograder.assignment.rubric_validation import GRADE_CELL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from traitlets.config import Config

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def configure(config: Config) -> None:
    """Set what `nbgrader generate_feedback` makes its pages with."""
    theirs = Path(nbgrader.__file__).parent / "server_extensions/formgrader"
    config.GenerateFeedback.exporter_class = (
        "autograder.integrations.nbgrader.feedback_exporter.FeedbackExporter"
    )
    config.GenerateFeedback.preprocessors = [GetGrades, ClearMarkScheme, CSSHTMLHeaderPreprocessor]
    # of this exporter alone: formgrader's pages are made by its parent
    config.FeedbackExporter.template_name = "with_reasons"
    config.FeedbackExporter.extra_template_basedirs = [str(_TEMPLATES), str(theirs / "templates")]
    config.FeedbackExporter.extra_template_paths = [
        str(theirs / "templates"),
        str(theirs / "static/node_modules/bootstrap/dist/css"),
    ]


class FeedbackExporter(HTMLExporter):
    """Sets formulas as MathML, which browsers know without a script."""

    def default_filters(self) -> Iterator[tuple[str, object]]:
        """Add the filter that the template needs."""
        yield from super().default_filters()
        yield "question", question_of

    @pass_context
    def markdown2html(self, context: Mapping[str, Any], source: str) -> str:
        """Return Markdown as HTML, with formulas as MathML."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = _Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
        return str(MarkdownWithMath(renderer=renderer).render(source))


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return formula(body, display="block")

    def inline_math(self, body: str) -> str:
        return formula(body, display="inline")

    def latex_environment(self, name: str, body: str) -> str:
        return formula(rf"\begin{{{name}}}{body}\end{{{name}}}", display="block")


def question_of(grade_id: str) -> str:
    """Return the name of the question that a cell is graded for."""
    return grade_id.removeprefix(GRADE_CELL)


def formula(tex: str, *, display: str) -> str:
    """Return TeX as MathML in which nothing is live, or as it was written if it is no TeX."""
    written = unescape(tex)  # a < of the student's has been made &lt; when it was graded
    try:
        element = convert_to_element(written, display=display)
        for part in element.iter():
            _set_well(part)
        return tostring(element, encoding="unicode")
    except Exception:  # noqa: BLE001 - it raises whatever it stumbles on
        return f"<code>{escape(written)}</code>"


def _set_well(part: Element) -> None:
    part.attrib.pop("href", None)
    # The converter writes symbols as character references; tostring escapes what is text.
    part.text = unescape(part.text) if part.text else part.text
    if part.text == "~":
        part.tag, part.text = "mo", "∼"  # a relation, with room on both sides
    children = list(part)
    for place, (name, after) in reversed(list(enumerate(pairwise(children), start=1))):
        if name.tag == "mi" and len(unescape(name.text or "")) > 1 and after.tag != "mo":
            part.insert(place, Element("mspace", width="0.17em"))  # log σ, not logσ
