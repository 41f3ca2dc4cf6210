"""Answers are written into their cells and nowhere else."""

from __future__ import annotations

import json

import nbformat
import pytest

from autograder.notebooks.fill import FillError, fill_notebook


def cell(source, grade_id=None, kind="code"):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    body = {"cell_type": kind, "metadata": metadata, "source": source}
    return body | ({"outputs": [1], "execution_count": 3} if kind == "code" else {})


def notebook(*cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_an_answer_is_written_into_its_cell_and_other_cells_stay(course):
    before = notebook(cell("stub", "double"), cell("check()", "check-double"), cell("play"))
    after = json.loads(fill_notebook(before, {"double": "def double(x):\n    return 2 * x\n"}))
    assert after["cells"][0]["source"] == ["def double(x):\n", "    return 2 * x"]
    assert after["cells"][0]["outputs"] == []
    assert after["cells"][1:] == json.loads(before)["cells"][1:]


def test_filling_twice_gives_the_same_valid_notebook():
    empty = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("stub", metadata={"nbgrader": {"grade_id": "double"}})]
    )
    once = fill_notebook(nbformat.writes(empty).encode(), {"double": "x = '→'"})
    assert fill_notebook(once, {"double": "x = '→'"}) == once
    nbformat.validate(nbformat.reads(once.decode(), as_version=4))
    assert "→".encode() in once


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (b"{", "not a notebook"),
        (b"[]", "not a notebook"),
        (b'{"cells": [{}]}', "not a notebook"),
        (notebook(), "0 code cells have the grade_id 'double'"),
        (notebook(cell("a", "double"), cell("b", "double")), "2 code cells"),
        (notebook(cell("a", "double", kind="markdown")), "0 code cells"),
    ],
)
def test_a_notebook_without_exactly_one_such_cell_is_refused(damaged, reason):
    with pytest.raises(FillError, match=reason):
        fill_notebook(damaged, {"double": "x = 1"})
