"""An instructor in formgrader, in a real browser: reads reasons, sees pictures, marks words.

On the course itself, with two students of the sample class; then what these two read. No page may
wait for the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Locator, Page

from autograder.assignment.model import Assignment
from tests.browser.instructor import course_with, formgrader, photograph, type_in
from tests.browser.student import browser_here
from tests.courses.softmax_course import told

WORDS, TASK = "what-beta-buys", "own-experiment"  # the two of this notebook that humans mark
GIVEN = {WORDS: 3.5, TASK: 4.0}
COMMENT = "And where do random codes land then?"
WRITTEN = "recon falls and kl rises: $\\beta < 1$ lets clouds lie where they like."
# emil's points in the whole assignment before, and with what is given
BEFORE, AFTER = "97.5 / 120", "105 / 120"
TITLE = "✗ Each log variance can be negative and positive. 0 / 1.5, not yet"
FACT = "ConvVAE.encode: expected that logvar can be positive, it cannot"
HINT = "Hint: logvar is negative where σ < 1: no activation on this head."
PICTURES = ("Reconstructions", "Samples", "Interpolation")
PHONE = {"width": 390, "height": 800}

pytestmark = pytest.mark.skipif(browser_here() is None, reason="no Chromium or Chrome here")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """One who has everything right and one with a ReLU on a head of ConvVAE, graded."""
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
    """Return his points, whether he waits for a human, and what he was given for words and task."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        found = gradebook.find_submission("vae", "emil")
        given = [
            gradebook.find_grade(mark, "vae", "vae", "emil").manual_score for mark in (WORDS, TASK)
        ]
        return found.score, found.needs_manual_grade, given[0], given[1]


def row_of(page: Page, name: str) -> Locator:
    """Return a table's line; the table comes after its page, asked of the gradebook."""
    cell = page.locator("td", has_text=re.compile(rf"^\s*{name}\s*$"))
    return page.locator("tbody tr").filter(has=cell)


def said(row: Locator) -> str:
    return re.sub(r"\s+", " ", row.inner_text())


def open_emil(page: Page) -> str:
    """Go from the assignment to emil's notebook, by the links; return what his line has said."""
    page.goto("/formgrader/manage_assignments")
    row_of(page, "vae").get_by_role("link", name="2", exact=True).click()
    his = row_of(page, "emil")
    told_of_him = said(his)
    his.get_by_role("link").first.click()
    row_of(page, "vae").get_by_role("link", name="vae").click()
    page.locator(f"#{WORDS}").wait_for()
    # its scores and comments come after it, each asked of the gradebook on its own
    for field in ("check-conv_vae", f"{WORDS}-comment"):
        page.wait_for_function(f"document.getElementById('{field}').placeholder !== ''")
    return told_of_him


def pictures_are_seen(page: Page) -> None:
    """See that each kind is there twice, once of the student's model, and really drawn."""
    for name in PICTURES:
        for owner in ("yours", "the course's"):
            image = page.locator(f'img[alt^="{name}, {owner}:"]')
            assert image.count() == 1, (name, owner)
            image.scroll_into_view_if_needed()
            assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 280
            # on a telephone they are as wide as it leaves them
            assert image.evaluate("image => image.getBoundingClientRect().width") > 200
    curves = page.locator('svg[aria-label^="Training:"] polyline')
    assert curves.count() == 2
    assert all(curve.bounding_box()["width"] > 100 for curve in curves.all())


def test_the_assignment_lists_its_students_with_scores_and_who_waits_for_a_human(page, tmp_path):
    page.goto("/formgrader/manage_assignments")
    row_of(page, "vae").get_by_role("link", name="2", exact=True).click()
    assert "needs manual grading 100 / 120" in said(row_of(page, "ada"))
    assert f"needs manual grading {BEFORE}" in said(row_of(page, "emil"))
    photograph(page, tmp_path, "students.png")


def test_a_students_notebook_shows_scores_reasons_and_pictures_of_their_own_model(page, tmp_path):
    open_emil(page)
    points = {"reparameterize": "20", "vae_loss": "25", "conv_vae": "32.5", "interpolate": "20"}
    for question, number in points.items():
        assert page.locator(f"#check-{question}").get_attribute("placeholder") == number
    seen = page.locator("body").inner_text()
    for words in (TITLE, FACT, HINT, "✓ 27 checks passed", "recon falls and kl rises"):
        assert words in seen
    passed = page.get_by_text("What sample gives is decoded from N(0, I).")
    assert not passed.is_visible(), "what passed is folded away"
    page.get_by_text("27 checks passed").click()
    assert passed.is_visible()
    pictures_are_seen(page)
    photograph(page, tmp_path, "emil.png")


def test_what_an_instructor_gives_for_words_is_counted_and_outlives_a_regrade(course, page):
    assert BEFORE in open_emil(page)
    assert of_emil(course) == (97.5, True, None, None)
    for mark, points in GIVEN.items():
        type_in(page, f"#{mark}", f"{points:g}", "/api/grade/")
    type_in(page, f"#{WORDS}-comment", COMMENT, "/api/comment/")
    assert of_emil(course) == (105, False, *GIVEN.values())
    assert AFTER in open_emil(page)

    told(course, "nbgrader", "autograde", "vae", "--force")
    # nbgrader asks for another look at whatever a human has marked before
    assert of_emil(course) == (105, True, *GIVEN.values())
    assert AFTER in open_emil(page)
    for mark, points in GIVEN.items():
        assert page.locator(f"#{mark}").input_value() == f"{points:g}"
    assert page.locator(f"#{WORDS}-comment").input_value() == COMMENT


@pytest.fixture(scope="module")
def telephone(course: Assignment, page: Page) -> Iterator[Page]:
    """A small screen without a network, after both programs have made their pages."""
    told(course, "nbgrader", "generate_feedback", "vae")
    told(course, "autograder", "report", "results")
    context = page.context.browser.new_context(viewport=PHONE, offline=True)
    opened = context.new_page()
    yield opened
    context.close()


@pytest.mark.parametrize("name", ["feedback/emil/vae/vae.html", "results/feedback/emil.html"])
def test_a_feedback_page_is_whole_on_a_telephone_without_a_network(
    course, telephone, tmp_path, name
):
    asked: list[str] = []
    telephone.on("request", lambda request: asked.append(request.url))
    telephone.goto((course.root / name).as_uri())
    assert telephone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    seen = telephone.locator("body").inner_text()
    for words in (TITLE, FACT, HINT, "✓ 27 checks passed"):
        assert words in seen
    pictures_are_seen(telephone)
    assert [url[:60] for url in asked if not url.startswith(("file:", "data:"))] == []
    photograph(telephone, tmp_path, f"telephone-{name.count('/')}.png")


def test_nbgraders_feedback_page_has_formulas_words_of_humans_and_nothing_of_staff(
    course, telephone
):
    telephone.goto((course.root / "feedback/emil/vae/vae.html").as_uri())
    assert telephone.locator("script").count() == 0
    formulas = telephone.locator("math")
    assert formulas.count() > 20
    assert all(formula.bounding_box()["height"] > 5 for formula in formulas.all())
    seen = telephone.locator("body").inner_text()
    listed = re.sub(r"\s+", " ", telephone.locator("#toc").inner_text())
    assert "conv_vae 32.5 / 35.0 what-beta-buys 3.5 / 5.0 comment" in listed
    assert COMMENT in seen
    assert "\\beta" not in seen
    assert "\\sigma" not in seen, "a formula was left as TeX"
    assert "MARK SCHEME" not in seen
