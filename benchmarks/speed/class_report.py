"""Measure the class report of a large class: its size, and the time to write and to open it.

    autograder grade submitted --results results      # or `make demo`
    python -m benchmarks.speed.class_report [results] [--students 1000]

The class consists of copies of the results under other names. Prints the size of the page, the
seconds to write all pages, and, where a Chromium is installed, the seconds until the report can be
used in it. The page's script has run by then, and the browser has drawn the page.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from autograder.reports.class_page import class_page
from autograder.reports.item_analysis import analyze
from autograder.reports.report import write_report
from autograder.results.files import read_folder
from autograder.results.model import Result

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
OPENED = 5  # times; the first is not counted, because the browser starts during it
# Two frames: the first can be asked for before the page is drawn, the second cannot.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def large_class(results: list[Result], students: int) -> list[Result]:
    """Return copies of the results under as many names."""
    some = islice(cycle(results), students)
    return [
        replace(one, student=f"{one.student}-{number:04}") for number, one in enumerate(some, 1)
    ]


def in_browser(page: Path, browser: str) -> Iterator[tuple[float, float]]:
    """Yield the seconds that a browser needs to open a page, and to sort the students by score."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # no sandbox: it needs privileges that containers lack, and only our own page is opened
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for _ in range(OPENED):
            window = opened.new_page()
            start = time.perf_counter()
            window.goto(page.as_uri())
            window.evaluate(DRAWN)
            loaded = time.perf_counter()
            window.get_by_label("students", exact=True).get_by_role("button", name="score").click()
            window.evaluate(DRAWN)
            yield loaded - start, time.perf_counter() - loaded
            window.close()
        opened.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.class_report")
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"))
    parser.add_argument("--students", type=int, default=1000)
    options = parser.parse_args()
    results = large_class(read_folder(options.results), options.students)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        class_page(results, analyze(results), None)
        alone = time.perf_counter() - start
        start = time.perf_counter()
        page = write_report(results, Path(folder))
        whole = time.perf_counter() - start
        size = page.stat().st_size / 1e6
        print(f"{len(results)} students: the class report has {size:.2f} MB")
        print(f"written in {alone:.1f} s; with all feedback pages and tables in {whole:.1f} s")
        if browser := next(filter(None, map(shutil.which, BROWSERS)), None):
            _, *times = in_browser(page, browser)
            loaded, ordered = map(statistics.median, zip(*times, strict=True))
            print(f"in Chromium, opened in {loaded:.2f} s and sorted in {ordered:.2f} s")
            print(f"(medians of {len(times)})")


if __name__ == "__main__":
    main()
