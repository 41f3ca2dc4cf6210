"""What an instructor does in formgrader, with mouse and keyboard; on some of the sample class."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from autograder.assignment.answer_bank import bank
from autograder.assignment.model import Assignment, load
from tests.browser.student import READY, TOKEN, browser, browser_here, jupyterlab
from tests.courses.softmax_course import told
from tests.sample_class import rewrite, submission

PARTS = ("source", "solutions", "autograder")  # a checkout, as far as grading needs it


def course_with(root: Path, students: tuple[str, ...], words: dict[str, str]) -> Assignment:
    """Copy the course, release it, and let some of the sample class hand in.

    Args:
        root: Where to.
        students: Who hands in.
        words: What they all write for answers in words in the main notebook, by its mark; the
            sample class leaves them as released, and nbgrader asks nobody to mark that.
    """
    here = load()
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(here.root / part, root / part, ignore=ignored)
    shutil.copy(here.root / "nbgrader_config.py", root)
    course = load(root / here.rubric_below)
    told(course, "nbgrader", "generate_assignment", course.name)
    for student in students:
        folder = course.root / "submitted" / student / course.name
        folder.mkdir(parents=True)
        for path in course.release.glob("*.ipynb"):
            shutil.copy(path, folder)
        notebook = submission(student, (folder / course.notebook).read_bytes(), bank(course))
        tree = json.loads(notebook)
        for mark, text in words.items():
            rewrite(tree["cells"], mark, "YOUR ANSWER HERE", text)
        (folder / course.notebook).write_text(json.dumps(tree), encoding="utf-8")
    return course


@contextmanager
def formgrader(course: Assignment) -> Iterator[Page]:
    """Open formgrader's first page, in a browser that reaches nothing but its server."""
    with jupyterlab(course.root) as address, browser(str(browser_here())) as opened:
        here = address.removesuffix("/lab")
        page = opened.new_page(viewport={"width": 1280, "height": 1000}, base_url=here)
        # each of its pages asks the gradebook, on a busy core
        page.set_default_timeout(READY * 1000)
        # its pages ask other servers for a script that sets formulas; no test waits for a network
        page.route(lambda url: not url.startswith(here), lambda route: route.abort())
        page.goto(f"/formgrader?token={TOKEN}")
        yield page


def type_in(page: Page, field: str, text: str, saved_at: str) -> None:
    """Type into a field and leave it; wait until the server has kept what was typed."""
    with page.expect_response(lambda answer: saved_at in answer.url and answer.ok) as _:
        page.locator(field).fill(text)
        page.keyboard.press("Tab")


def photograph(page: Page, folder: Path, name: str) -> None:
    """Keep what is seen, in SCREENSHOTS if that is set."""
    page.screenshot(path=Path(os.environ.get("SCREENSHOTS", folder)) / name, full_page=True)
