"""axe-core finds no violation in our pages: in light and dark, on a narrow screen, on paper.

The results are made by hand, so that they have everything that the templates can show. Everything
that a page folds is opened: axe does not examine what is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from playwright.sync_api import Page
from traitlets.config import Config

from autograder.assignment.outline import Outline
from autograder.integrations.nbgrader.feedback_exporter import FeedbackExporter, configure
from autograder.reports.feedback_page import question_html
from autograder.reports.report import write_report
from autograder.results.artifacts import store
from autograder.results.model import (
    CheckResult,
    CodeLine,
    CriterionResult,
    Deduction,
    QuestionResult,
    Result,
)
from checkkit.outcomes import Artifact
from tests import made
from tests.browser.student import browser, browser_here
from tests.courses import tiny

pytestmark = pytest.mark.skipif(browser_here() is None, reason="no Chromium or Chrome here")


@dataclass(frozen=True)
class Mode:
    """How a page is looked at."""

    width: int
    colours: Literal["light", "dark"] = "light"
    media: Literal["screen", "print"] = "screen"


MODES = {
    "light": Mode(1000),
    "dark": Mode(1000, "dark"),
    "narrow": Mode(390),
    "narrow and dark": Mode(390, "dark"),
    "paper": Mode(794, media="print"),  # A4 at 96 dots per inch
}
# Every colour of code, a table, and a formula that is wider than a phone.
CODE = """@decorated
def f(x: int) -> str:
    # a comment
    label = r"\\d+" + f"{x!r:>10}\\n"
    if x is not None and x not in (1, 0x2, 3.5j):
        raise FileNotFoundError(label) from None
    return "a long line: " + ", ".join(str(number ** 2) for number in range(x) if number % 2) + "."
"""
TEXT = r"""## A table, and more

| a | b |
|---|---|
| 1 | [2](#top) |

$$a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w + x$$

> Said by `someone`.
"""


def artifacts(*values: object) -> tuple[Artifact, ...]:
    return tuple(Artifact(f"{n}", "One sentence.", np.array(v)) for n, v in enumerate(values))


def checks() -> tuple[CheckResult, ...]:
    """Return checks of all outcomes, with all that a check can have."""
    failed = made.check(
        "sign",
        "Twice a `negative` number is negative.",
        "failed",
        "double(-3.5): expected -7.0, got 7.0",
        hint="Mind the `sign`.",
        misconception="forgets-the-sign",
        code=CodeLine("double", 1, "def double(x):", begins=True),
        shown=store(artifacts(np.eye(28)[None, None], [9.0, 5.0, 2.0])),
    )
    return (
        made.check("two"),
        failed,
        replace(failed, id="three", title="Three."),
        made.check("follows", "Follows.", "failed", "got 25", because="sign"),
        made.check("raises", "Raises.", "error", "ZeroDivisionError: division by zero"),
        made.check("hangs", "Hangs.", "timeout", "stopped after 3 s"),
        made.check("blocked", "Blocked.", "blocked", "not defined"),
    )


def question(*, right: bool) -> QuestionResult:
    found = checks()
    if right:
        found = tuple(replace(one, outcome="passed", message="", because="") for one in found)
    criteria = (
        CriterionResult("met", "does `this`", 4.0, 4.0, found[:1]),
        CriterionResult("lost", "does that", 4.0 if right else 0.0, 4.0, found[1:3]),
        CriterionResult("part", "does more", 4.0 if right else 3.0, 4.0, found[3:]),
    )
    score = sum(one.score or 0.0 for one in criteria)
    less = () if right else (Deduction(1.0, "It must be called `double`."),)
    return QuestionResult("double", score, 12.0, criteria, less, ("A note.",))


def class_of_four() -> dict[str, Result]:
    right, wrong = question(right=True), question(right=False)
    broken = tuple(replace(one, outcome="grader_error", message="killed") for one in checks())
    lost = (CriterionResult("met", "does `this`", None, 12.0, broken),)
    ungraded = QuestionResult("double", None, 12.0, lost)
    result = Result("right", "tiny", "graded", 12.0, 12.0, (right,))
    reason = "The file is cut off: its JSON ends in line 774, before it is complete."
    repaired = ("Cell 3 had been changed to text; it was read as code.",)
    mine = "Not graded, the grader itself failed: killed"
    return {
        "right": result,
        "wrong": replace(
            result, student="wrong", score=6.0, questions=(wrong,), repairs=repaired
        ),
        "cut off": replace(
            result, student="cut off", status="unreadable", score=None, message=reason,
            questions=(ungraded,),
        ),
        "grader error": replace(
            result, student="grader error", status="grader_error", score=None, message=mine,
            questions=(ungraded,),
        ),
    }  # fmt: skip


def nbgrader_page(result: Result) -> str:
    """Return the page of `nbgrader generate_feedback`, without a gradebook."""
    cells = tiny.source_cells()
    cells += [tiny.cell("code", CODE, 50), tiny.cell("markdown", TEXT, 51)]
    notebook = nbformat.from_dict(nbformat.reads(tiny.notebook(cells).decode(), as_version=4))
    html = question_html(result.questions[0], ("A note.",), section="The `double`")
    for cell in notebook.cells:
        if marks := cell.metadata.get("nbgrader"):
            marks |= {"score": None, "comment": None, "points": marks.get("points", 0)}
            marks["comment"] = "Well done." if marks["solution"] else None
            if marks["grade"]:
                marks["score"] = 6.0
                shown = nbformat.v4.new_output("display_data", {"text/html": html})
                cell.outputs = [shown]
    settings = Config()
    configure(settings)
    of_gradebook = {
        "notebook": "tiny", "student": "wrong", "score": 6.0, "max_score": 10.0,
        "late_penalty": 1.0,
    }  # fmt: skip
    styles = CSSHTMLHeaderPreprocessor()
    notebook, resources = styles.preprocess(notebook, {"nbgrader": of_gradebook, "config_dir": ""})
    page, _ = FeedbackExporter(config=settings).from_notebook_node(notebook, resources)
    return page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("accessible")
    results = class_of_four()
    shown = {"double": checks()[1].shown}
    outline = Outline({"double": "The `double`"}, 5.0)
    report = write_report(list(results.values()), folder, [], reference=shown, outline=outline)
    nbgraders = folder / "nbgrader.html"
    nbgraders.write_text(nbgrader_page(results["wrong"]), encoding="utf-8")
    made_pages = {name: folder / f"feedback/{name}.html" for name in results}
    return {"class report": report, "nbgrader": nbgraders, **made_pages}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser(str(browser_here())) as opened:
        yield opened.new_page()


def barriers(page: Page) -> list[str]:
    """Return what axe finds, with the part of the page and the reason."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "name", ["class report", "right", "wrong", "cut off", "grader error", "nbgrader"]
)
def test_axe_finds_no_barrier(name: str, mode: str, pages: dict[str, Path], page: Page) -> None:
    how = MODES[mode]
    page.set_viewport_size({"width": how.width, "height": 900})
    page.emulate_media(media=how.media, color_scheme=how.colours)
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.locator("body").inner_text().strip()
    assert barriers(page) == []


@pytest.mark.parametrize("name", ["class report", "wrong", "cut off", "grader error", "nbgrader"])
def test_no_page_is_wider_than_a_telephone(name: str, pages: dict[str, Path], page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.emulate_media(media="screen", color_scheme="light")
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_axe_sees_a_barrier_that_is_there(page: Page) -> None:
    page.set_content(
        '<html lang="en"><title>t</title><main><h1 style="color:#ccc">pale</h1></main>'
    )
    assert [one.partition(":")[0] for one in barriers(page)] == ["color-contrast"]


def test_paper_has_what_is_folded_with_its_name_and_neither_filters_nor_all_checks(
    pages: dict[str, Path], page: Page
) -> None:
    page.emulate_media(media="print", color_scheme="light")
    for name in ("wrong", "nbgrader"):
        page.goto(pages[name].as_uri())
        folded = page.get_by_text("one more check fails for this reason").first
        assert folded.is_visible()
        assert page.get_by_text("Follows.").first.is_visible()
        assert not page.get_by_text("all 7 checks, by criterion").first.is_visible()
    page.goto(pages["class report"].as_uri())
    assert page.locator("summary").first.is_visible()
    assert not page.locator("input").filter(visible=True).count()
