"""The sample class comes out the same every time and holds what its table says."""

from __future__ import annotations

import re

import nbformat
import pytest

from autograder.assignment.rubric import load
from autograder.notebooks.reader import Unreadable, read
from tests import sample_class
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
def test_a_student_s_row_is_in_the_table_s_format(name):
    points = CLASS[name].points
    assert points == UNREADABLE or re.fullmatch(r"(<?\d+ ){3}<?\d+", points)


@pytest.mark.parametrize("name", CLASS)
def test_the_engine_can_read_what_is_not_called_unreadable(name, submitted):
    found = read(notebook_of(name, submitted))
    assert isinstance(found, Unreadable) == (CLASS[name].points == UNREADABLE)


# Jupyter itself reads UTF-8 only
SOUND = [
    name
    for name, student in CLASS.items()
    if student.points == FULL and student.damage is not sample_class.other_encoding
]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_notebook_is_one_that_jupyter_opens(name, submitted):
    nbformat.validate(nbformat.reads(notebook_of(name, submitted).decode(), as_version=4))


def test_no_two_students_hand_in_the_same(submitted):
    notebooks = [notebook_of(name, submitted) for name in CLASS]
    assert len(set(notebooks)) == len(notebooks)
