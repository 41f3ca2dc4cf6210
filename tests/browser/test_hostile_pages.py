"""Hostile texts in a real browser: no page asks for anything, runs anything or leads anywhere.

A student has every attack of `tests.hostile.markdown` in text cells, in a written answer, in the
message of an exception and in the comment that a grader copied; others have them in their names.
Each page is opened with a listener, and every link in it is clicked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Page

from tests.browser.student import READY, TOKEN, browser, browser_here, jupyterlab
from tests.courses import tiny
from tests.hostile.markdown import ATTACHMENTS, HOST, MARKDOWN, PIXEL
from tests.hostile.pages import live_parts
from tests.integrations.test_nbgrader import environment, nbgrader

pytestmark = pytest.mark.skipif(browser_here() is None, reason="no Chromium or Chrome here")

NAMES = (
    "mallory",
    "[x](javascript:alert(1))",
    f"$\\href{{http:${HOST}}}{{x}}$".replace("\\", ""),
    "{{7*7}} & 'quoted' &lt;b&gt;",
    "javascript:alert(1)",
    "\u202egnp.eve",
)
MARKUP = "<img src=x onerror=alert(1)>"  # nbgrader's own pages would run it, so it is not graded
MESSAGE = (
    f"[x](javascript:alert(1)) $\\\\href{{http:{HOST}}}{{x}}$ <img src=//{HOST}/x onerror=alert(1)>"
)
EVIL = f'def double(x):\n    raise ValueError("""{MESSAGE}""")\n'
WORDS = tiny.cell(
    "markdown", "YOUR ANSWER HERE", 30, grade_id="words", grade=True, solution=True, points=5
)


def submission() -> bytes:
    """Return a notebook with every attack as a Markdown cell, a raw cell and a written answer."""
    cells = tiny.source_cells()
    cells[2]["source"], cells[4]["source"] = EVIL, tiny.FOURFOLD
    text = "\n\n".join((MARKDOWN["inline"], MARKDOWN["remote image"], "![a curve](attachment:x)"))
    cells.append(WORDS | {"source": text, "attachments": {"x": {"image/png": PIXEL}}})
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/html": MARKUP}}
    # Cut short: a page of half a million characters would only take time.
    for number, text in enumerate((text[:3000] for text in MARKDOWN.values()), start=100):
        pictures = {k: v for k, v in ATTACHMENTS.items() if k != "list.png"}
        cells.append(tiny.cell("markdown", text, number) | {"attachments": pictures})
        cells.append(tiny.cell("raw", text, number + 1000))
    cells.append(tiny.cell("code", f"# {MARKUP}\n### BEGIN MARK SCHEME", 99) | {"outputs": [shown]})
    cells[-1]["metadata"] = {"tags": ['"><script>alert(1)</script>'], "magics_language": MARKUP}
    tree = json.loads(tiny.notebook(cells))
    tree["metadata"] |= {
        "title": "</title><script>alert(1)</script>",
        "language_info": {"name": MARKUP, "pygments_lexer": MARKUP},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"x": "</script>" + MARKUP}},
    }
    return json.dumps(tree).encode()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tiny.write_course(tmp_path_factory.mktemp("pages") / "course")
    (root / "source/tiny/tiny.ipynb").write_bytes(tiny.notebook([*tiny.source_cells(), WORDS]))
    for name in (*NAMES, MARKUP):
        folder = root / "submitted" / name.replace("/", "∕") / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(submission())
    for command in ("generate_assignment", "autograde"):
        nbgrader(root, command, "tiny")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        comment = gradebook.find_comment("words", "tiny", "tiny", "mallory")
        comment.manual_comment = (
            "\n\n".join(text[:300] for text in MARKDOWN.values()).encode(errors="replace").decode()
        )
        student = gradebook.find_student("mallory")
        student.first_name, student.last_name = MARKUP, '"><script>alert(1)</script>'
        gradebook.db.commit()
    nbgrader(root, "generate_feedback", "tiny")
    for words in (["grade", "submitted", "--results", "results"], ["report", "results"]):
        subprocess.run(
            [sys.executable, "-m", "autograder", *words], cwd=root, env=environment(), check=False
        )
    return root


class Listener:
    """Records what a page does that no page may do."""

    def __init__(self, page: Page, allowed: tuple[str, ...]) -> None:
        self.page, self.allowed, self.found = page, allowed, list[str]()
        page.context.on("request", lambda request: self._request(request.url))
        page.context.on("page", lambda other: self.found.append(f"opened {other.url}"))
        page.on("dialog", self._dialog)
        page.on("console", lambda message: self._console(message.text))

    def _request(self, url: str) -> None:
        if not url.startswith(self.allowed):
            self.found.append(f"asked for {url[:200]}")

    def _dialog(self, dialog: object) -> None:
        self.found.append("opened a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]

    def _console(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.found.append(text[:300])

    def click_every_link(self, within: str) -> int:
        """Click everything that has an address, and return how many elements these are."""
        here = self.page.url
        links = f"{within} :is(a, area, [href], [onclick], [*|href])"
        count = int(self.page.evaluate("links => document.querySelectorAll(links).length", links))
        for place in range(count):
            leads_on = self.page.evaluate(
                """([links, place]) => {
                    const link = document.querySelectorAll(links)[place]
                    const event = new MouseEvent('click', {bubbles: true, cancelable: true})
                    link.dispatchEvent(event)
                    return !(link.getAttribute('href') ?? '').startsWith('#')
                }""",
                [links, place],
            )
            if leads_on:
                self.page.wait_for_timeout(300)
                self.page.wait_for_load_state()
                self.found += [] if self.page.url.startswith(self.allowed) else [self.page.url]
                self.page.goto(here)
        return count


@contextmanager
def listened(allowed: tuple[str, ...], **options: object) -> Iterator[Listener]:
    with browser(str(browser_here())) as opened:
        page = opened.new_page(**options)  # type: ignore[arg-type]
        page.set_default_timeout(READY * 1000)
        yield Listener(page, allowed)


def pages_of(course: Path) -> list[Path]:
    return [
        *sorted(course.glob("feedback/*/tiny/tiny.html")),
        *sorted(course.glob("results/feedback/*.html")),
        course / "results/report.html",
    ]


def test_every_student_has_pages_but_one_whose_name_nbgrader_would_run(course: Path) -> None:
    assert len([*course.glob("feedback/*/tiny/tiny.html")]) == len(NAMES)
    assert len([*course.glob("results/feedback/*.html")]) == len(NAMES) + 1
    assert not (course / "autograded" / MARKUP).exists()


def test_no_page_of_ours_asks_for_anything_or_leads_away(course: Path) -> None:
    inside = course.as_uri()
    with listened((inside, "data:image/png;base64,")) as listener:
        for path in pages_of(course):
            listener.page.goto(path.as_uri())
            listener.click_every_link("body")
            assert listener.found == [], path
        assert listener.page.locator("a").count() >= len(NAMES), "the class report has links"


def test_every_page_has_a_policy_that_forbids_scripts_and_requests(course: Path) -> None:
    with listened((course.as_uri(),)) as listener:
        for path in pages_of(course):
            listener.page.goto(path.as_uri())
            ran = listener.page.evaluate(
                """() => new Promise(done => {
                    window.ran = false
                    const found = []
                    document.addEventListener('securitypolicyviolation',
                                              event => found.push(event.effectiveDirective))
                    const add = html => document.body.insertAdjacentHTML('beforeend', html)
                    add('<img src=x onerror="window.ran = true">')
                    add('<a id=evil href="javascript:window.ran = true">x</a>')
                    add('<img src="http://evil.invalid/x.png"><style>b { color: red }</style>')
                    add('<form id=form action="http://evil.invalid/"></form>')
                    add('<base href="http://evil.invalid/">')
                    document.getElementById('evil').click()
                    document.getElementById('form').submit()
                    setTimeout(() => done([window.ran, [...new Set(found)].sort()]), 300)
                })"""
            )
            assert ran == [
                False,
                ["base-uri", "form-action", "img-src", "script-src-attr", "script-src-elem",
                 "style-src-elem"],
            ], path  # fmt: skip


def test_the_styles_of_our_pages_are_those_that_the_policy_allows(course: Path) -> None:
    with listened((course.as_uri(), "data:")) as listener:
        listener.page.goto((course / "results/report.html").as_uri())
        body = listener.page.locator("body")
        assert body.evaluate("body => getComputedStyle(body).maxWidth") == "1024px"
        meter = listener.page.locator(".meter span").first
        assert meter.evaluate("one => one.style.width").endswith("%")
        listener.page.goto((course / "feedback/mallory/tiny/tiny.html").as_uri())
        heading = listener.page.locator(".nbgrader_cell .panel-heading").first
        assert heading.evaluate("one => getComputedStyle(one).overflow") == "hidden"


@pytest.mark.exhaustive
def test_formgrader_runs_nothing_of_a_student_and_leads_nowhere(course: Path) -> None:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        ids = {
            name: gradebook.find_submission_notebook("tiny", "tiny", name).id
            for name in ("mallory", NAMES[1], NAMES[3], NAMES[5])
        }
    with jupyterlab(course) as address:
        here = address.removesuffix("/lab")
        # MathJax is what formgrader itself loads from elsewhere; tests do not use the network.
        mathjax = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
        with listened((here, "data:", mathjax), base_url=here) as listener:
            page = listener.page
            page.route(lambda url: not url.startswith(here), lambda route: route.abort())
            page.goto(f"/formgrader?token={TOKEN}")
            for place in ("manage_submissions/tiny", "gradebook/tiny/tiny", "manage_students"):
                page.goto(f"/formgrader/{place}")
                page.locator("tbody tr").first.wait_for()
            for name, id_ in ids.items():
                page.goto(f"/formgrader/submissions/{id_}/")
                page.locator("#check-double").wait_for()
                assert page.get_by_alt_text("a curve").count() == 1
                written = page.locator(".tex2jax_ignore").all()
                assert len(written) > len(MARKDOWN), "cells and reasons are left alone by MathJax"
                for one in written:
                    parts = live_parts(one.evaluate("element => element.innerHTML"))
                    assert [part for part in parts if " style=" not in part] == []
                listener.click_every_link("#notebook-container")
                assert listener.found == [], name


def test_a_picture_that_a_student_attached_is_shown(course: Path) -> None:
    with listened((course.as_uri(), "data:")) as listener:
        listener.page.goto((course / "feedback/mallory/tiny/tiny.html").as_uri())
        image = listener.page.get_by_alt_text("a curve")
        assert image.count() == 1
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
