"""Fixtures that tests share, the option for golden results, and skips that must not happen."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.sandbox import Sandbox
from autograder.support.cpu import use_one_thread
from tests.courses import tiny

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="rewrite the golden results; review the difference before you commit",
    )


# What may be missing even in continuous integration: a privilege, never a program.
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


# Workers take files in this order, so that none starts a long one when the others have finished.
_LONGEST_FILES = (
    "hostile/test_as_user.py",
    "hostile/test_class.py",
    "hostile/test_hostile.py",
    "hostile/test_grader_time.py",
    "fuzz/test_fuzz.py",
    "course/test_spellings.py",
    "browser/test_jupyterlab.py",
    "authoring/test_solved.py",
    "grading/test_goldens.py",
    "browser/test_formgrader.py",
    "browser/test_hostile_pages.py",
    "hostile/test_hostile_nbgrader.py",
    "packaging/test_wheel.py",
    "runners/test_interrupted.py",
    "runners/test_command_accidents.py",
    "course/test_checks.py",
    "sandbox/test_probes.py",
    "runners/test_dask_cluster.py",
    "integrations/test_nbgrader_unknown_cells.py",
    "browser/test_accessibility.py",
    "integrations/test_evening.py",
    "integrations/test_nbgrader_policies.py",
    "cli/test_cli.py",
    "integrations/test_nbgrader.py",
    "course/test_trained_artifacts.py",
    "courses/test_softmax.py",
    "integrations/test_zip_collect.py",
    "integrations/test_validate_button.py",
    "hostile/test_odd_files_nbgrader.py",
    "runners/test_accidents.py",
    "reports/test_regrade_log.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the order within a file stays."""
    folder = Path(__file__).parent
    ranks = {folder / name: rank for rank, name in enumerate(_LONGEST_FILES)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


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
