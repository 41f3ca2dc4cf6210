"""Nothing that a student writes into a text cell is live, in formgrader or in feedback pages."""

from __future__ import annotations

import time
from html import unescape

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter

from autograder.integrations.nbgrader.feedback_exporter import FeedbackExporter
from autograder.integrations.nbgrader.markdown import as_typed, clean, inert, to_html
from tests.hostile.markdown import ATTACHMENTS, HOST, MARKDOWN, PIXEL
from tests.hostile.pages import live_parts

MARK = "The text after it is there."


@pytest.fixture(scope="module")
def theirs():
    """nbconvert's exporter, as formgrader uses it; its own page without a head full of scripts."""
    return HTMLExporter(template_name="basic")


@pytest.fixture(scope="module")
def ours():
    return FeedbackExporter(template_name="basic")


def cell_of(text: str) -> nbformat.NotebookNode:
    html = to_html(f"{text}\n\n{MARK}\n", ATTACHMENTS)
    return nbformat.v4.new_markdown_cell(inert(html))


def body(cell: nbformat.NotebookNode, exporter: HTMLExporter) -> str:
    """Return what the text of a cell became."""
    context = {"cell": cell, "resources": {}}
    return str(exporter.markdown2html(context, cell.source))


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_students_text_is_not_live_in_formgrader(name, theirs):
    html = body(cell_of(MARKDOWN[name]), theirs)
    assert live_parts(html) == []
    assert "$" not in html
    assert "\\" not in html
    assert MARK in html
    written = to_html(f"{MARKDOWN[name]}\n\n{MARK}\n", ATTACHMENTS)
    assert unescape(written.strip()) in unescape(html), "the block was read as Markdown again"


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_students_text_is_not_live_in_feedback_pages(name, ours):
    """Also where older versions of this program left it unescaped in the autograded notebook."""
    escaped = cell_of(MARKDOWN[name])
    as_written = nbformat.v4.new_markdown_cell(MARKDOWN[name].encode(errors="replace").decode())
    as_written.attachments = ATTACHMENTS
    for cell in (escaped, as_written):
        assert live_parts(body(cell, ours)) == []


def test_the_attacks_are_live_where_nothing_is_sanitized(theirs):
    """The test above can fail: nbconvert itself lets most of them through."""
    live = 0
    for text in MARKDOWN.values():
        cell = nbformat.v4.new_markdown_cell(text.encode(errors="replace").decode())
        cell.attachments = {}
        try:
            live += live_parts(body(cell, theirs)) != []
        except Exception:  # noqa: BLE001 - a missing attachment, deep nesting
            live += 1
    assert live > 0.75 * len(MARKDOWN)


def test_an_honest_text_keeps_its_form(theirs, ours):
    text = (
        "# Why\n\nBecause *recon* falls and **kl** rises: $\\beta < 1$ and `x[0] < 3`.\n\n"
        "1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | $\\frac{1}{2}$ |\n\n"
        "```python\nprint('a\\n')\n\nx = 1\n```\n\n![a curve](attachment:good.png)\n\n"
        "See [the paper](https://arxiv.org/abs/1312.6114)."
    )
    cell = nbformat.v4.new_markdown_cell(inert(to_html(text, ATTACHMENTS)))
    for exporter in (theirs, ours):
        html = unescape(body(cell, exporter))
        for part in (
            "<h1>Why</h1>", "<em>recon</em>", "<strong>kl</strong>", "<math ", "<mfrac>", "<ol>",
            "<code>x[0] < 3</code>", "<table>", "print('a\\n')\n\nx = 1\n</code></pre>",
            "the paper (https://arxiv.org/abs/1312.6114)", f"data:image/png;base64,{PIXEL}",
        ):  # fmt: skip
            assert part in html, part


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "![" * 10_000, "> " * 10_000, "*a" * 10_000, "<a " * 6_000,
             r"\begin{a}" * 2_000, "$x^{2^{2}}$ " * 1_600, "`" * 20_000, "|a" * 10_000]
)  # fmt: skip
def test_no_text_takes_long(text):
    begin = time.process_time()
    to_html(text, {})
    assert time.process_time() - begin < 5  # 1 s on a machine that is not loaded


def test_what_is_shown_as_typed_is_text():
    html = as_typed(f"<img src=http://{HOST}/x> [x](javascript:alert(1))")
    assert live_parts(html) == []
    assert "&lt;img" in html


def test_cleaning_twice_changes_nothing():
    for text in MARKDOWN.values():
        once = to_html(text, ATTACHMENTS)
        assert clean(once) == once
