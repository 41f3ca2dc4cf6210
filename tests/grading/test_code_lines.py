"""The line of a student's code that a failure is about, or none where none is known."""

from __future__ import annotations

import json

import pytest

from autograder.grading.cell_selection import SelectedCells
from autograder.grading.code_lines import with_code_lines
from autograder.grading.grade import grade
from autograder.results.files import from_dict
from autograder.results.model import CodeLine
from autograder.sandbox import Cell
from tests import made
from tests.courses import tiny

CONV = """import torch

class ConvVAE(nn.Module):
    def encode(self, x):
        return x

    def decode(self, z):
        return z

class Other:
    def sample(self): ...
"""


def line_for(message: str, *cells: Cell, outcome: str = "failed", **more: object):
    """Return the line for a failure of the question `conv`, whose cell is the first of `cells`."""
    selected = SelectedCells(cells, (), {}, {cells[0].id: "conv"})
    failed = made.check("c", outcome=outcome, message=message, **more)
    (check,) = with_code_lines(made.question("conv", 0.0, 4.0, [failed]), selected).checks
    return check.code


def in_cell(source: str, name: str = "conv", kind: str = "answer") -> Cell:
    return Cell(name, source, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "number", "text"),
    [
        ("ConvVAE.decode: expected shape (3, 1)", 7, "def decode(self, z):"),
        ("ValueError: odd (line 5 of cell conv)", 5, "return x"),
        ("ConvVAE is not defined: its cell failed: syntax error in line 3: no", 3, None),
    ],
)
def test_a_method_begins_and_an_exception_is_raised_in_a_line(message, number, text):
    found = line_for(message, in_cell(CONV))
    assert (found.cell, found.number) == ("conv", number)
    assert found.text == (text or "class ConvVAE(nn.Module):")
    assert found.begins is message.startswith("ConvVAE.")


@pytest.mark.parametrize(
    "message",
    [
        "ConvVAE.sample: expected 3 images",  # another class has such a method
        "ConvVAE: expected a module",  # a class, in which the mistake may be anywhere
        "expected 3, got 4",
        "ValueError: odd (line 99 of cell conv)",
        "ValueError: odd (line 1 of cell setup)",  # the course's own
        "f: expected 3",
    ],
)
def test_no_line_is_guessed(message):
    setup = in_cell("def f(x): ...", "setup")
    assert line_for(message, in_cell(CONV), setup) is None


def test_the_definition_that_counts_is_quoted():
    first, again = "def f(x):\n    return 1\n", "\n# again\ndef f(x):  # the second\n    return 2\n"
    assert line_for("f: no", in_cell(first + again)).number == 5
    elsewhere = in_cell(again, "cell 12", "extra")
    found = line_for("f(2): no", in_cell(first), elsewhere)
    assert found == CodeLine("cell 12", 3, "def f(x): # the second", begins=True)


def test_a_passed_check_a_consequence_and_a_timeout_have_no_line():
    cell = in_cell("def f(x): ...")
    assert line_for("f: no", cell)
    assert line_for("f: no", cell, outcome="timeout") is None
    assert line_for("f: no", cell, outcome="passed") is None
    assert line_for("f: no", cell, because="other") is None


def test_a_line_has_no_control_characters_and_an_end():
    text = line_for("f: no", in_cell("def f(x): # \u202e\x1b " + "x" * 10_000)).text
    assert len(text) == 120
    assert text.isprintable()


def test_a_graded_submission_has_the_line_and_its_file_too(assignment, sandbox):
    code = "def double(x):\n    if x < 0:\n        raise ValueError('no')\n    return 2 * x\n"
    result = grade(tiny.answered(double=code), "ada", assignment, sandbox)
    line = CodeLine("double", 3, "raise ValueError('no')", begins=False)
    assert [check.code for check in result.question("double").checks] == [None, line]
    assert from_dict(json.loads(result.to_json())) == result
