"""Take the pictures of pages in the documentation: docs/student.png, feedback.png, report.png.

    python -m tools.docs_pictures [student] [feedback] [report]

Run it after a change of the pages. It grades the sample class, and opens the pages and a JupyterLab
in the installed Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.authoring.solved import main_filled
from tests import sample_class
from tests.browser.student import Student, browser, browser_here, jupyterlab

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
WIDTH, HEIGHT = 1080, 1060  # of the report's head, down to the misconceptions
COLOURS = 128  # more make no visible difference, and three times as large a file
ANSWER = "def reparameterize(mu, logvar):"
CHECK = 'check("reparameterize", reparameterize)'
SECONDS = 300  # the cells above the check need ten seconds on an idle core


def autograder(*words: str) -> None:
    """Run a command of this checkout."""
    subprocess.run([sys.executable, "-m", "autograder", *words], cwd=ROOT, check=True)  # noqa: S603


def student(opened: Browser, folder: Path) -> None:
    """Take a picture of a known mistake and of the check's output below it, in JupyterLab."""
    assignment = load(ROOT / "rubric.toml")
    given = shutil.copytree(assignment.release, folder / "vae")
    with jupyterlab(given) as address:
        one = Student(opened, address, assignment.notebook)
        one.page.set_viewport_size({"width": 1280, "height": 2000})  # all of it at once
        one.write(one.cell(ANSWER), load_bank(assignment).find("std-is-exp-logvar").code)
        one.run_all()
        one.wait_until_all_have_run(SECONDS)
        heading = one.page.locator(".jp-MarkdownCell", has_text="1. reparameterize").last
        heading.scroll_into_view_if_needed()
        cells = (heading, one.cell(ANSWER), one.cell(CHECK))
        one.page.screenshot(path=DOCS / "student.png", clip=_around(*cells))


def _around(*parts: Locator) -> FloatRect:
    boxes = [box for box in (part.bounding_box() for part in parts) if box]
    left, top = (min(box[side] for box in boxes) for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes)
    low = max(box["y"] + box["height"] for box in boxes)
    return {"x": left, "y": top, "width": right - left, "height": low - top}


def feedback(opened: Browser, folder: Path) -> None:
    """Take a picture of the question of a decoder that ignores z, from a feedback page."""
    assignment = load(ROOT / "rubric.toml")
    bank = load_bank(assignment)
    answers = bank.answers(bank.find("decoder-ignores-z"))
    submitted = folder / "submitted/nina" / assignment.name
    submitted.mkdir(parents=True)
    filled = main_filled(assignment, answers)
    (submitted / assignment.notebook).write_bytes(filled)
    page = _reported(folder / "submitted", folder / "feedback") / "feedback/nina.html"
    window = opened.new_page(viewport={"width": 900, "height": 1000})
    window.goto(page.as_uri())
    question = window.locator("section", has=window.get_by_role("heading", name="conv_vae"))
    question.screenshot(path=DOCS / "feedback.png")


def report(opened: Browser, folder: Path) -> None:
    """Take a picture of the head of the sample class's report."""
    sample_class.write(folder / "class")
    page = _reported(folder / "class", folder / "report") / "report.html"
    window = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    window.goto(page.as_uri())
    window.screenshot(path=DOCS / "report.png")


def _reported(submitted: Path, results: Path) -> Path:
    autograder("grade", str(submitted), "--results", str(results))
    autograder("report", str(results))
    return results


PICTURES: dict[str, Callable[[Browser, Path], None]] = {
    "student": student,
    "feedback": feedback,
    "report": report,
}


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs_pictures")
    parser.add_argument("pictures", nargs="*", default=[*PICTURES], help=", ".join(PICTURES))
    wanted = parser.parse_args().pictures
    found = browser_here()
    if found is None:
        parser.error("no Chromium or Chrome here")
    with tempfile.TemporaryDirectory() as folder, browser(found) as opened:
        for name in wanted:
            PICTURES[name](opened, Path(folder))
            path = DOCS / f"{name}.png"
            Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main()
