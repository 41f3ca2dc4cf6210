"""nbgrader's feedback page as one self-contained file.

nbgrader's own page loads MathJax from another server, shows the instructors' mark schemes to
students, and calls every question "Test cell".
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
    """Set the exporter, preprocessors and templates of `nbgrader generate_feedback`."""
    theirs = Path(nbgrader.__file__).parent / "server_extensions/formgrader"
    config.GenerateFeedback.exporter_class = (
        "autograder.integrations.nbgrader.feedback_exporter.FeedbackExporter"
    )
    config.GenerateFeedback.preprocessors = [GetGrades, ClearMarkScheme, CSSHTMLHeaderPreprocessor]
    # Settings of this class only: formgrader uses the parent class.
    config.FeedbackExporter.template_name = "with_reasons"
    config.FeedbackExporter.extra_template_basedirs = [str(_TEMPLATES), str(theirs / "templates")]
    config.FeedbackExporter.extra_template_paths = [
        str(theirs / "templates"),
        str(theirs / "static/node_modules/bootstrap/dist/css"),
    ]


class FeedbackExporter(HTMLExporter):
    """Writes formulas as MathML, which browsers render without a script."""

    def default_filters(self) -> Iterator[tuple[str, object]]:
        """Add the template's filter `question`."""
        yield from super().default_filters()
        yield "question", question_of

    @pass_context
    def markdown2html(self, context: Mapping[str, Any], source: str) -> str:
        """Return Markdown as HTML with formulas as MathML."""
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
    """Return the question of a grade cell."""
    return grade_id.removeprefix(GRADE_CELL)


def formula(tex: str, *, display: str) -> str:
    """Return TeX as MathML without links or scripts; invalid TeX is returned as code."""
    source = unescape(tex)  # EscapeHtml turned a student's < into &lt;
    try:
        element = convert_to_element(source, display=display)
        for part in element.iter():
            _typeset(part)
        return tostring(element, encoding="unicode")
    except Exception:  # noqa: BLE001 - the converter can raise anything
        return f"<code>{escape(source)}</code>"


def _typeset(part: Element) -> None:
    part.attrib.pop("href", None)
    # The converter writes symbols as character references, which tostring would escape.
    part.text = unescape(part.text) if part.text else part.text
    if part.text == "~":
        part.tag, part.text = "mo", "∼"  # a relation: spaced on both sides
    children = list(part)
    for place, (name, after) in reversed(list(enumerate(pairwise(children), start=1))):
        if name.tag == "mi" and len(unescape(name.text or "")) > 1 and after.tag != "mo":
            part.insert(place, Element("mspace", width="0.17em"))  # log σ, not logσ
