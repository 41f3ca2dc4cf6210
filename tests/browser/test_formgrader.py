"""An instructor in formgrader, in a real browser: reads reasons, marks an answer in words.

On the second course, which is graded in seconds; no page may wait for the network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Page

from autograder.assignment import Assignment
from tests.browser.student import READY, TOKEN, browser, browser_here, jupyterlab
from tests.second_course import make, told

BEFORE, AFTER = "18 / 24", "21 / 24"  # bob's points without and with three for his words
COMMENT = "And how far would it move the line?"

pytestmark = pytest.mark.skipif(browser_here() is None, reason="no Chromium or Chrome here")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """Two students, graded by nbgrader's own command."""
    made = make(tmp_path_factory.mktemp("instructor") / "softmax", {"ada": None, "bob": "detached"})
    for command in ("generate_assignment", "autograde"):
        told(made, "nbgrader", command, "softmax")
    return made


@pytest.fixture(scope="module")
def page(course: Assignment) -> Iterator[Page]:
    """Formgrader's first page, in a browser that reaches nothing but its server."""
    with jupyterlab(course.root) as address, browser(str(browser_here())) as opened:
        here = address.removesuffix("/lab")
        shown = opened.new_page(viewport={"width": 1280, "height": 1000}, base_url=here)
        shown.set_default_timeout(
            READY * 1000
        )  # each of its pages asks the gradebook, on a busy core
        shown.route(lambda url: not url.startswith(here), lambda route: route.abort())
        shown.goto(f"/formgrader?token={TOKEN}")
        yield shown


def of_bob(course: Assignment) -> tuple[float, bool, float | None, str | None]:
    """Return his points, whether he waits for a human, and the points and words for his words."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        found = gradebook.find_submission("softmax", "bob")
        grade = gradebook.find_grade("why_bias", "softmax", "softmax", "bob")
        comment = gradebook.find_comment("why_bias", "softmax", "softmax", "bob")
        return found.score, found.needs_manual_grade, grade.manual_score, comment.comment


def open_bob(page: Page) -> str:
    """Go to bob's notebook, by the links; return what the row above it has said."""
    page.goto("/formgrader/manage_students")
    page.get_by_role("row", name="bob").get_by_role("link").first.click()
    page.get_by_role("row", name="softmax").get_by_role("link").first.click()
    row = page.locator("tbody tr").filter(has_text="softmax")
    told = row.inner_text()
    row.get_by_role("link", name="softmax").click()
    page.locator("#why_bias").wait_for()
    # its scores come after it; they are asked of the gradebook
    page.wait_for_function("document.querySelector('#check-train_step').placeholder !== ''")
    return re.sub(r"\s+", " ", told)


def photograph(page: Page, folder: Path, name: str) -> None:
    """Keep what is seen, in SCREENSHOTS if that is set."""
    page.screenshot(path=Path(os.environ.get("SCREENSHOTS", folder)) / name, full_page=True)


def test_what_an_instructor_gives_for_words_is_counted_and_outlives_a_regrade(
    course, page, tmp_path
):
    page.get_by_role("row", name="softmax").get_by_role("link", name="softmax").wait_for()
    photograph(page, tmp_path, "assignments.png")
    assert BEFORE in open_bob(page)
    for cell, points in (("check-softmax_loss", "8"), ("check-train_step", "10")):
        assert page.locator(f"#{cell}").get_attribute("placeholder") == points
    seen = page.locator("body").inner_text()
    assert "✗ The gradient in the scores is (p − y) / batch. (0 / 2, not yet)" in seen
    assert "softmax_loss: expected a gradient, got none" in seen
    assert "Graded with a stand-in for softmax_loss, which lost points itself." in seen
    assert of_bob(course) == (18, True, None, None)

    type_in(page, "#why_bias", "3", "/api/grade/")
    type_in(page, "#why_bias-comment", COMMENT, "/api/comment/")
    photograph(page, tmp_path, "bob.png")
    assert of_bob(course) == (21, False, 3, COMMENT)
    assert AFTER in open_bob(page)

    told(course, "nbgrader", "autograde", "softmax", "--force")
    # nbgrader asks for another look at whatever a human has marked before
    assert of_bob(course) == (21, True, 3, COMMENT)
    assert AFTER in open_bob(page)
    assert page.locator("#why_bias").input_value() == "3"
    assert page.locator("#why_bias-comment").input_value() == COMMENT


def type_in(page: Page, field: str, text: str, saved_at: str) -> None:
    """Type into a field and leave it; wait until the server has kept what was typed."""
    with page.expect_response(lambda answer: saved_at in answer.url and answer.ok) as _:
        page.locator(field).fill(text)
        page.keyboard.press("Tab")
