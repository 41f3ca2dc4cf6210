"""An instructor in formgrader, with mouse and keyboard, and a course to grade."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from tests.browser.student import READY, TOKEN, browser, browser_here, jupyterlab
from tests.courses.softmax_course import told
from tests.sample_class import rewrite, submission, warm_up

PARTS = ("source", "solutions", "autograder", "checkkit")  # what grading needs of this checkout


def course_with(root: Path, students: tuple[str, ...], words: dict[str, str]) -> Assignment:
    """Copy the course, release it, and add submissions of the sample class.

    Args:
        root: The folder of the copy.
        students: The students who submit.
        words: The written answers of all of them in the main notebook, by grade_id. The sample
            class leaves these as released, and nbgrader scores unchanged answers itself.
    """
    here = load()
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(here.root / part, root / part, ignore=ignored)
    for name in ("nbgrader_config.py", "rubric.toml"):
        shutil.copy(here.root / name, root)
    course = load(root / here.relative_rubric)
    told(course, "nbgrader", "generate_assignment", course.name)
    for student in students:
        folder = course.root / "submitted" / student / course.name
        folder.mkdir(parents=True)
        bank = load_bank(course)
        for path in course.release.glob("*.ipynb"):
            make = submission if path.name == course.notebook else warm_up
            notebook = make(student, path.read_bytes(), bank)
            if notebook is not None:
                (folder / path.name).write_bytes(notebook)
        tree = json.loads((folder / course.notebook).read_bytes())
        for grade_id, text in words.items():
            rewrite(tree["cells"], grade_id, "YOUR ANSWER HERE", text)
        (folder / course.notebook).write_text(json.dumps(tree), encoding="utf-8")
    return course


@contextmanager
def formgrader(course: Assignment) -> Iterator[Page]:
    """Open formgrader's first page in a browser that reaches only its server."""
    with jupyterlab(course.root) as address, browser(str(browser_here())) as opened:
        here = address.removesuffix("/lab")
        page = opened.new_page(viewport={"width": 1280, "height": 1000}, base_url=here)
        # every page queries the gradebook, perhaps on a busy core
        page.set_default_timeout(READY * 1000)
        # formgrader loads MathJax from another server; tests do not use the network
        page.route(lambda url: not url.startswith(here), lambda route: route.abort())
        page.goto(f"/formgrader?token={TOKEN}")
        yield page


def type_in(page: Page, field: str, text: str, saved_at: str) -> None:
    """Type into a field, leave it, and wait until the server has saved it."""
    with page.expect_response(lambda answer: saved_at in answer.url and answer.ok) as _:
        page.locator(field).fill(text)
        page.keyboard.press("Tab")


def screenshot(page: Page, folder: Path, name: str) -> None:
    """Save a screenshot of the page, in the folder SCREENSHOTS if that is set."""
    page.screenshot(path=Path(os.environ.get("SCREENSHOTS", folder)) / name, full_page=True)
