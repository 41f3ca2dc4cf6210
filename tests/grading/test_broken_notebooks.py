"""Notebooks that students rearranged or damaged: the answers in them count."""

from __future__ import annotations

import json
import random
import time

import pytest

from autograder.grading.grade import grade
from autograder.sandbox import Budgets
from tests.courses import tiny


@pytest.fixture
def graded(assignment, sandbox):
    return lambda cells: grade(tiny.notebook(cells), "ada", assignment, sandbox)


@pytest.fixture
def cells():
    made = tiny.source_cells()
    made[2]["source"], made[4]["source"] = tiny.DOUBLE, tiny.FOURFOLD
    return made


def scores(result):
    assert result.status == "graded", result.message
    assert all(line.endswith(".") and "\n" not in line for line in result.repairs)
    return [question.score for question in result.questions]


def test_the_order_of_the_cells_does_not_matter(graded, cells):
    for seed in range(5):
        random.Random(seed).shuffle(cells)
        assert scores(graded(cells)) == [6, 4]


def test_a_deleted_answer_costs_its_own_question_only(graded, cells):
    del cells[2]
    result = graded(cells)
    assert scores(result) == [0, 4]
    assert {check.outcome for check in result.questions[0].checks} == {"blocked"}
    assert "double is not defined" in result.questions[0].checks[0].message


@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_deleted_given_cell_costs_nothing(graded, cells, place):
    del cells[place]
    assert scores(graded(cells)) == [6, 4]


def test_a_renamed_function_costs_its_own_question_only(graded, cells):
    cells[2]["source"] = tiny.DOUBLE.replace("double", "doubel")
    result = graded(cells)
    assert scores(result) == [5, 4]
    assert "`doubel` was graded in its place" in result.questions[0].deductions[0].reason


def test_an_answer_split_over_two_cells_counts(graded, cells):
    head, tail = "two = 2\n", "def double(x):\n    return two * x\n"
    cells[2:3] = [cells[2] | {"source": head}, cells[2] | {"source": tail, "id": "tail"}]
    assert scores(graded(cells)) == [6, 4]


def test_an_answer_split_within_a_function_is_reported_as_broken(graded, cells):
    head, tail = "def double(x):\n", "    return 2 * x\n"
    cells[2:3] = [cells[2] | {"source": head}, cells[2] | {"source": tail, "id": "tail"}]
    result = graded(cells)
    assert scores(result)[1] == 4
    assert result.repairs or "syntax error" in result.questions[0].checks[0].message


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_in_a_cell_of_another_type_counts(graded, cells, kind):
    for place in (2, 4):
        cells[place] = {k: v for k, v in cells[place].items() if k in {"id", "metadata", "source"}}
        cells[place]["cell_type"] = kind
    result = graded(cells)
    assert scores(result) == [6, 4]
    assert len(result.repairs) == 2


@pytest.mark.parametrize(
    "line",
    ["%matplotlib inline", "!pip install einops", "%%time", "?double", "double??", "%pip list"],
)
def test_magics_and_shell_lines_cost_nothing(graded, cells, line):
    cells[2]["source"] = f"{line}\n{tiny.DOUBLE}"
    cells.insert(1, tiny.cell("code", line, 30))
    assert scores(graded(cells)) == [6, 4]


def test_an_extra_cell_that_would_run_for_minutes_is_skipped(graded, cells):
    slow = "import time\nfor epoch in range(1000):\n    time.sleep(1)\n"
    cells.insert(2, tiny.cell("code", slow, 31))
    start = time.monotonic()
    assert scores(graded(cells)) == [6, 4]
    assert time.monotonic() - start < Budgets.cell_seconds  # it is not run at all


def test_a_slow_extra_cell_that_an_answer_needs_is_cut_off_and_the_rest_is_graded(graded, cells):
    slow = "import time\ntable = [time.sleep(1) for epoch in range(1000)]\n"
    cells.insert(2, tiny.cell("code", slow, 32))
    cells[3]["source"] = "def double(x):\n    return 2 * x + 0 * len(table)\n"
    start = time.monotonic()
    result = graded(cells)
    assert scores(result) == [0, 4]
    assert "Cell 3 was cut off: " in result.repairs[0]
    # Loaded twice: once as it is, and once with a stand-in for the lost answer.
    assert time.monotonic() - start < 2 * Budgets.cell_seconds + 5


def test_fifty_megabytes_of_printed_output_are_discarded(graded, cells):
    loud = "line = 'x' * 999\ndef shout():\n    for _ in range(50_000): print(line)\n"
    cells[2]["source"] = loud + "shout()\ndef double(x):\n    shout()\n    return 2 * x\n"
    assert scores(graded(cells)) == [6, 4]


def test_fifty_megabytes_of_saved_output_do_no_harm(graded, cells):
    lines = ["loss 0.25, [1/100]\n"] * 2_500_000
    outputs = [{"output_type": "stream", "name": "stdout", "text": lines}]
    cells.insert(2, tiny.cell("code", "print('much')", 33) | {"outputs": outputs})
    assert len(json.dumps(lines)) > 50_000_000
    assert scores(graded(cells)) == [6, 4]
