"""The sample class is the same every time and agrees with its table."""

from __future__ import annotations

import re

import nbformat
import pytest

from autograder.assignment.rubric import load
from autograder.notebooks.reader import Unreadable, read
from tests import notebook_edits, sample_class
from tests.sample_class import CLASS, FULL, UNREADABLE


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    """Write the class once for all tests."""
    folder = tmp_path_factory.mktemp("submitted")
    sample_class.write(folder)
    return folder


def notebook_of(name, submitted):
    assignment = load()
    return (submitted / name / assignment.name / assignment.notebook).read_bytes()


def test_two_runs_write_the_same_bytes(submitted, tmp_path):
    sample_class.write(tmp_path)
    for path in sorted(submitted.rglob("*.ipynb")):
        assert path.read_bytes() == (tmp_path / path.relative_to(submitted)).read_bytes()


@pytest.mark.parametrize("name", CLASS)
def test_the_points_of_a_row_are_well_formed(name):
    points = sample_class.expected(name)
    assert points == UNREADABLE or re.fullmatch(r"(<?\d+ ){4}<?\d+", points)


@pytest.mark.parametrize("name", CLASS)
def test_the_engine_can_read_all_notebooks_but_those_marked_unreadable(name, submitted):
    found = read(notebook_of(name, submitted))
    assert isinstance(found, Unreadable) == (CLASS[name].points == UNREADABLE)


# Jupyter reads UTF-8 only.
SOUND = [
    name
    for name, student in CLASS.items()
    if student.points == FULL and student.damage is not notebook_edits.other_encoding
]


@pytest.mark.parametrize("name", SOUND)
def test_jupyter_opens_the_undamaged_notebooks(name, submitted):
    nbformat.validate(nbformat.reads(notebook_of(name, submitted).decode(), as_version=4))


def test_all_submissions_differ(submitted):
    notebooks = [notebook_of(name, submitted) for name in CLASS]
    assert len(set(notebooks)) == len(notebooks)
