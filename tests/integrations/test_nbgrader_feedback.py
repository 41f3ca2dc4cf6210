"""Formulas of nbgrader's feedback pages: MathML that browsers set alone, and nothing live in it."""

from __future__ import annotations

import re
from xml.etree.ElementTree import fromstring

import nbformat
import pytest

from autograder.assignment.model import load
from autograder.integrations.nbgrader.feedback_exporter import formula, question_of

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


def test_every_formula_of_the_course_is_set_and_none_is_left_as_tex():
    found = formulas()
    assert len(found) > 20
    for tex in found:
        told = formula(tex, display="inline")
        assert told.startswith("<math "), tex
        assert "\\" not in told.replace("\\_", ""), tex
        fromstring(told)


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        "<img src=x onerror=alert(1)>",
        "&lt;script>alert(1)&lt;/script>",  # as it stands in a notebook that was graded
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
def test_nothing_in_a_formula_of_a_students_is_live(tex):
    told = formula(tex, display="block")
    tree = fromstring(told)  # one element, whatever was written
    assert tree.tag in {"{http://www.w3.org/1998/Math/MathML}math", "code"}
    for part in tree.iter():
        assert part.tag.rpartition("}")[2] not in {"script", "img", "b", "a"}
        assert not {name for name in part.attrib if name == "href" or name.startswith("on")}
        assert "url(" not in part.get("style", "")


def test_functions_and_relations_have_room_around_them():
    told = formula(r"\log \sigma + \log (1 - x) + \varepsilon \sim N", display="inline")
    assert '<mi>log</mi><mspace width="0.17em" /><mi>σ</mi>' in told
    assert "<mi>log</mi><mo" in told
    assert "<mo>∼</mo>" in told


def test_a_grade_cell_is_called_as_its_question():
    assert question_of("check-conv_vae") == "conv_vae"
    assert question_of("what-beta-buys") == "what-beta-buys"
