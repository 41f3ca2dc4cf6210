"""Fixtures that tests share, the option for golden results, and skips that must not happen."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.sandbox import Sandbox
from autograder.support.cpu import use_one_thread
from tests.courses import tiny

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="rewrite the golden results; review the difference before you commit",
    )


# What a machine may lack even in continuous integration: a privilege, never a program.
_MAY_BE_SKIPPED = ("mounting needs root", "this machine lets nobody mount")


def pytest_configure() -> None:
    """Set one thread before any test imports torch; stop where a program is missing."""
    use_one_thread()
    if _all_are_required():
        from tests.browser.student import browser_here

        missing = [] if shutil.which("bwrap") else ["bubblewrap"]
        missing += [] if browser_here() else ["chromium"]
        if missing:
            raise pytest.UsageError(f"AUTOGRADER_REQUIRE_ALL=1 needs {' and '.join(missing)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With AUTOGRADER_REQUIRE_ALL=1, let a skipped test fail."""
    report = yield
    if report.skipped and _all_are_required() and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(allowed in reason for allowed in _MAY_BE_SKIPPED):
            report.outcome = "failed"
            report.longrepr = f"skipped, which AUTOGRADER_REQUIRE_ALL=1 forbids: {reason}"
    return report


def _all_are_required() -> bool:
    return os.environ.get("AUTOGRADER_REQUIRE_ALL") == "1"


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course. Tests that change it create their own with `tiny.write_course`."""
    return tiny.write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def assignment(course: Path) -> Assignment:
    return load(course / "rubric.toml")


@pytest.fixture(scope="session")
def sandbox(assignment: Assignment) -> Iterator[Sandbox]:
    with Sandbox(path=[assignment.source], preload=assignment.preload) as opened:
        yield opened
