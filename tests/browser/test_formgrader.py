"""An instructor in formgrader, in a real browser: reasons, images and manual grades.

The course itself with two students of the sample class, and the pages that these two read. No page
may use the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Locator, Page

from autograder.assignment.model import Assignment
from tests.browser.instructor import course_with, formgrader, screenshot, type_in
from tests.browser.student import browser_here
from tests.courses.softmax_course import told

WORDS, TASK = "what-beta-buys", "own-experiment"  # graded manually
GIVEN = {WORDS: 3.5, TASK: 4.0}
COMMENT = "And where do random codes land then?"
WRITTEN = "recon falls and kl rises: $\\beta < 1$ lets clouds lie where they like."
# emil's points in the whole assignment before and after manual grading
BEFORE, AFTER = "93 / 140", "100.5 / 140"
TITLE = "Each log variance can be negative and positive."
FACT = "ConvVAE.encode: expected that logvar can be positive, it cannot"
HINT = "Hint: logvar is negative where σ < 1: no activation on this head."
IMAGES = ("Reconstructions", "Samples", "Interpolation")
PHONE = {"width": 390, "height": 800}

pytestmark = pytest.mark.skipif(browser_here() is None, reason="no Chromium or Chrome here")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """Two graded students: one all correct, one with a ReLU on the logvar head of ConvVAE."""
    root = tmp_path_factory.mktemp("instructor") / "vae"
    made = course_with(root, ("ada", "emil"), {WORDS: WRITTEN})
    told(made, "autograder", "grade", "submitted", "--results", "results")
    told(made, "nbgrader", "autograde", "vae")
    return made


@pytest.fixture(scope="module")
def page(course: Assignment) -> Iterator[Page]:
    with formgrader(course) as opened:
        yield opened


def of_emil(course: Assignment) -> tuple[float, bool, float | None, float | None]:
    """Return his points, whether he needs a manual grade, and the manual grades."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        found = gradebook.find_submission("vae", "emil")
        given = [
            gradebook.find_grade(mark, "vae", "vae", "emil").manual_score for mark in (WORDS, TASK)
        ]
        return found.score, found.needs_manual_grade, given[0], given[1]


def row_of(page: Page, name: str) -> Locator:
    """Return a row of a table, which is loaded after its page."""
    cell = page.locator("td", has_text=re.compile(rf"^\s*{name}\s*$"))
    return page.locator("tbody tr").filter(has=cell)


def text_of(row: Locator) -> str:
    return re.sub(r"\s+", " ", row.inner_text())


def open_emil(page: Page) -> str:
    """Follow the links from the assignment to emil's notebook; return the text of his row."""
    page.goto("/formgrader/manage_assignments")
    row_of(page, "vae").get_by_role("link", name="2", exact=True).click()
    row = row_of(page, "emil")
    text = text_of(row)
    row.get_by_role("link").first.click()
    row_of(page, "vae").get_by_role("link", name="vae").click()
    page.locator(f"#{WORDS}").wait_for()
    # scores and comments are loaded after the page, one by one
    for field in ("check-conv_vae", f"{WORDS}-comment"):
        page.wait_for_function(f"document.getElementById('{field}').placeholder !== ''")
    return text


def check_images(page: Page) -> None:
    """Check that each kind of image is rendered twice, once from the student's model."""
    for name in IMAGES:
        for owner in ("yours", "reference solution"):
            image = page.locator(f'img[alt^="{name}, {owner}:"]')
            assert image.count() == 1, (name, owner)
            image.scroll_into_view_if_needed()
            assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 280
            # on a phone they take the width that is left
            assert image.evaluate("image => image.getBoundingClientRect().width") > 200
    curves = page.locator('svg[aria-label^="Training:"] polyline')
    assert curves.count() == 2
    assert all(curve.bounding_box()["width"] > 100 for curve in curves.all())


def test_the_assignment_lists_students_with_scores_and_manual_grading(page, tmp_path):
    page.goto("/formgrader/manage_assignments")
    row_of(page, "vae").get_by_role("link", name="2", exact=True).click()
    assert "needs manual grading 120 / 140" in text_of(row_of(page, "ada"))
    assert f"needs manual grading {BEFORE}" in text_of(row_of(page, "emil"))
    screenshot(page, tmp_path, "students.png")


def test_a_students_notebook_shows_scores_reasons_and_images_of_their_model(page, tmp_path):
    open_emil(page)
    points = {"reparameterize": "20", "vae_loss": "25", "conv_vae": "27", "interpolate": "20"}
    for question, number in points.items():
        assert page.locator(f"#check-{question}").get_attribute("placeholder") == number
    seen = page.locator("body").inner_text()
    for words in (TITLE, FACT, HINT, "7 / 7, met", "recon falls and kl rises"):
        assert words in seen
    passed = page.get_by_text("What sample gives is decoded from N(0, I).")
    assert not passed.is_visible(), "passed checks are folded"
    page.get_by_text("all 30 checks, by criterion").click()
    assert passed.is_visible()
    check_images(page)
    screenshot(page, tmp_path, "emil.png")


def test_manual_grades_count_and_survive_a_regrade(course, page):
    assert BEFORE in open_emil(page)
    assert of_emil(course) == (93.0, True, None, None)
    for mark, points in GIVEN.items():
        type_in(page, f"#{mark}", f"{points:g}", "/api/grade/")
    type_in(page, f"#{WORDS}-comment", COMMENT, "/api/comment/")
    assert of_emil(course) == (100.5, False, *GIVEN.values())
    assert AFTER in open_emil(page)

    told(course, "nbgrader", "autograde", "vae", "--force")
    # nbgrader asks to confirm manual grades after a regrade
    assert of_emil(course) == (100.5, True, *GIVEN.values())
    assert AFTER in open_emil(page)
    for mark, points in GIVEN.items():
        assert page.locator(f"#{mark}").input_value() == f"{points:g}"
    assert page.locator(f"#{WORDS}-comment").input_value() == COMMENT


@pytest.fixture(scope="module")
def phone(course: Assignment, page: Page) -> Iterator[Page]:
    """A small screen without network, after both programs have written their pages."""
    told(course, "nbgrader", "generate_feedback", "vae")
    told(course, "autograder", "report", "results")
    context = page.context.browser.new_context(viewport=PHONE, offline=True)
    opened = context.new_page()
    yield opened
    context.close()


@pytest.mark.parametrize("name", ["feedback/emil/vae/vae.html", "results/feedback/emil.html"])
def test_a_feedback_page_is_complete_on_a_phone_without_network(course, phone, tmp_path, name):
    requests: list[str] = []
    phone.on("request", lambda request: requests.append(request.url))
    phone.goto((course.root / name).as_uri())
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    seen = phone.locator("body").inner_text()
    for words in (TITLE, FACT, HINT, "7 / 7, met"):
        assert words in seen
    check_images(phone)
    assert [url[:60] for url in requests if not url.startswith(("file:", "data:"))] == []
    screenshot(phone, tmp_path, f"phone-{name.count('/')}.png")


def test_nbgraders_feedback_page_has_formulas_and_comments_but_no_mark_scheme(course, phone):
    phone.goto((course.root / "feedback/emil/vae/vae.html").as_uri())
    assert phone.locator("script").count() == 0
    # some formulas are in answers that are folded
    phone.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    formulas = phone.locator("math")
    assert formulas.count() > 20
    assert all(formula.bounding_box()["height"] > 5 for formula in formulas.all())
    seen = phone.locator("body").inner_text()
    contents = re.sub(r"\s+", " ", phone.locator("#toc").inner_text())
    assert "conv_vae 27.0 / 35.0 what-beta-buys 3.5 / 5.0 comment" in contents
    assert COMMENT in seen
    assert "\\beta" not in seen
    assert "\\sigma" not in seen, "a formula was left as TeX"
    assert "MARK SCHEME" not in seen
