"""Formulas in nbgrader's feedback pages: MathML without links and scripts."""

from __future__ import annotations

import re
from xml.etree.ElementTree import fromstring

import nbformat
import pytest

from autograder.assignment.rubric import load
from autograder.integrations.nbgrader.feedback_exporter import question_of
from autograder.integrations.nbgrader.markdown import formula

_FORMULA = re.compile(r"\$\$?([^$]+)\$\$?")


def formulas() -> list[str]:
    """Return every formula of the course's notebooks."""
    paths = sorted(load().source.glob("*.ipynb"))
    assert paths
    cells = [cell for path in paths for cell in _cells(path.read_bytes())]
    return [found for source in cells for found in _FORMULA.findall(source)]


def _cells(notebook: bytes) -> list[str]:
    tree = nbformat.reads(notebook.decode(), as_version=4)
    return [cell.source for cell in tree.cells if cell.cell_type == "markdown"]


def test_every_formula_of_the_course_becomes_mathml():
    found = formulas()
    assert len(found) > 20
    for tex in found:
        mathml = formula(tex, display="inline")
        assert mathml.startswith("<math "), tex
        assert "\\" not in mathml.replace("\\_", ""), tex
        fromstring(mathml)


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        "<img src=x onerror=alert(1)>",
        "&lt;script>alert(1)&lt;/script>",  # as EscapeHtml writes it
        "&amp;lt;script&amp;gt;",
        r"\href{javascript:alert(1)}{x}",
        r"\href{x\" onclick=\"alert(1)}{x}",
        r"\text{&lt;b onclick=alert(1)>}",
        r"\color{red;background:url(x)}{x}",
        r"\begin{matrix",
        "{" * 3000,
        "",
    ],
)
def test_a_students_formula_has_no_links_and_scripts(tex):
    mathml = formula(tex, display="block")
    tree = fromstring(mathml)  # one element for any input
    assert tree.tag in {"{http://www.w3.org/1998/Math/MathML}math", "code"}
    for part in tree.iter():
        assert part.tag.rpartition("}")[2] not in {"script", "img", "b", "a"}
        assert not {name for name in part.attrib if name == "href" or name.startswith("on")}
        assert "url(" not in part.get("style", "")


def test_functions_and_relations_are_spaced():
    mathml = formula(r"\log \sigma + \log (1 - x) + \varepsilon \sim N", display="inline")
    assert '<mi>log</mi><mspace width="0.17em" /><mi>σ</mi>' in mathml
    assert "<mi>log</mi><mo" in mathml
    assert "<mo>∼</mo>" in mathml


def test_a_grade_cell_is_named_after_its_question():
    assert question_of("check-conv_vae") == "conv_vae"
    assert question_of("what-beta-buys") == "what-beta-buys"
