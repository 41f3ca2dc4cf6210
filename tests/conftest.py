"""What tests share: the tiny course, one room for all, and the flag for golden results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder.support.cpu import use_one_thread

use_one_thread()
from autograder.assignment.model import Assignment, load
from autograder.sandbox import Sandbox
from tests.courses import tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="rewrite tests/goldens/ from today's results; read the difference before you commit",
    )


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course; tests that change it make their own with `tiny.write_course`."""
    return tiny.write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def assignment(course: Path) -> Assignment:
    return load(course / "rubric.toml")


@pytest.fixture(scope="session")
def sandbox(assignment: Assignment) -> Iterator[Sandbox]:
    with Sandbox(path=[assignment.source], preload=assignment.preload) as opened:
        yield opened
