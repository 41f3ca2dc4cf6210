"""What tests share: the tiny course, one room for all, and the flag for golden results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder import one_thread  # noqa: F401 - for its effect, before torch is imported
from autograder.assignment import Assignment, load
from autograder.room import Room
from tests import tiny

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
    return load(course / "autograder" / "checks" / "rubric.toml")


@pytest.fixture(scope="session")
def room(assignment: Assignment) -> Iterator[Room]:
    with Room(path=[assignment.source], preload=assignment.preload) as opened:
        yield opened
