"""Which cells and statements of a notebook are run, and how cells that misbehave are reported."""

from __future__ import annotations

import time

import pytest

from autograder.sandbox import Budgets, Cell, Sandbox
from autograder.sandbox.worker.cell_runner import without_magics


def load(sandbox: Sandbox, *cells: tuple[str, str], wanted: tuple[str, ...] = ("answer",)):
    """Load cells given as (kind, source); return the report and what `answer()` returns."""
    numbered = [Cell(f"c{i}", source, kind) for i, (kind, source) in enumerate(cells)]
    session = sandbox.session(numbered, wanted)
    try:
        report = session.load()
        value = session.answers(["answer"])["answer"]() if "answer" in report.names else None
    finally:
        session.close()
    return report, value


def test_a_helper_in_an_extra_cell_is_run(sandbox):
    _, value = load(
        sandbox, ("extra", "def helper(): return 7"), ("answer", "def answer(): return helper()")
    )
    assert value == 7


def test_a_constant_that_an_answer_uses_is_run_with_everything_it_depends_on(sandbox):
    cells = ("extra", "base = 2\nother = print"), ("extra", "ten = base * 5")
    _, value = load(sandbox, *cells, ("answer", "def answer(): return ten"))
    assert value == 10


def test_an_experiment_in_an_extra_cell_is_not_run(sandbox):
    report, value = load(
        sandbox,
        ("extra", "while True: pass"),
        ("extra", "history = [answer() for _ in iter(int, 1)]"),
        ("answer", "def answer(): return 1"),
    )
    assert value == 1
    assert [cell.status for cell in report.cells] == ["ok", "ok", "ok"]


def test_a_local_name_of_an_answer_does_not_run_an_experiment_that_binds_the_same_name(sandbox):
    report, value = load(
        sandbox,
        ("extra", "x = z = [print() for _ in iter(int, 1)]"),
        ("answer", "def answer(z=1):\n    x = z\n    return [x for x in [x, z]]"),
    )
    assert value == [1, 1]
    assert report.cells[0].status == "ok"


def test_an_answer_in_an_extra_cell_is_found(sandbox):
    _, value = load(
        sandbox, ("extra", "lookup = {1: 5}"), ("extra", "def answer(): return lookup[1]")
    )
    assert value == 5


def test_inspect_finds_the_source_of_a_function_as_in_a_notebook(sandbox):
    code = "import torch\n\n@torch.jit.script\ndef helper(x: int):\n    return x + 1\n"
    _, value = load(
        sandbox,
        ("extra", "%matplotlib inline\nimport inspect\n" + code),
        ("answer", "def answer(): return helper(6), inspect.getsource(answer)"),
    )
    assert value == (7, "def answer(): return helper(6), inspect.getsource(answer)")


def test_a_method_assigned_to_a_class_in_another_cell_is_run(sandbox):
    cells = ("answer", "class A: pass"), ("extra", "A.f = lambda self: 3")
    _, value = load(sandbox, *cells, ("answer", "def answer(): return A().f()"))
    assert value == 3


def test_the_statements_after_one_that_raises_are_run(sandbox):
    report, value = load(sandbox, ("answer", "1 / 0\ndef answer(): return 4"))
    assert value == 4
    assert report.cells[0].status == "raised"
    assert report.cells[0].message == "ZeroDivisionError: division by zero (line 1 of cell c0)"


def test_a_syntax_error_is_reported_with_its_line_and_affects_no_other_cell(sandbox):
    report, value = load(
        sandbox, ("answer", "x = 1\ndef broken(:"), ("answer", "def answer(): return 2")
    )
    assert value == 2
    assert report.cells[0].status == "syntax error"
    assert "line 2" in report.cells[0].message


@pytest.mark.parametrize("source", ["while True: pass", "import os; os._exit(0)"])
def test_a_cell_that_hangs_or_ends_its_process_is_cut_off(sandbox, source):
    report, value = load(sandbox, ("answer", source), ("answer", "def answer(): return 2"))
    assert value == 2
    assert report.cells[0].status == "cut off"


HANGS = "while True: pass"
LEAVES = "import os; os._exit(0)"


@pytest.mark.parametrize("stop", [HANGS, LEAVES])
def test_a_cell_that_is_cut_off_keeps_its_definitions_before_and_after(sandbox, stop):
    source = f"""\
import math
ten = 10
def answer(): return helper() + ten
unused = 1 / 0
{stop}
def helper(): return math.floor(seven)
seven = 7
other = [print() for _ in iter(int, 1)]
"""
    report, value = load(sandbox, ("answer", source))
    assert value == 17
    (cell,) = report.cells
    assert cell.status == "cut off"
    assert cell.message.endswith("(line 5 of cell c0)")


def test_a_slow_statement_is_blamed_and_not_the_definition_after_it(sandbox):
    source = (
        "import time\ntime.sleep(0.9)\nclass Helper: time.sleep(0.3)\ndef answer(): return Helper"
    )
    session = sandbox.session(
        [Cell("c", source, "answer")], ["answer"], budgets=Budgets(cell_seconds=1)
    )
    report = session.load()
    assert report.names == {"answer": "function"}
    assert "(line 2 of cell c)" in report.cells[0].message
    session.close()


def test_a_helper_of_a_cell_that_is_cut_off_serves_a_later_cell(sandbox):
    report, value = load(
        sandbox,
        ("extra", "size = [print() for _ in iter(int, 1)]\ndef helper(): return 7"),
        ("answer", "def answer(): return helper() if helper else size"),
    )
    assert value == 7
    assert [cell.status for cell in report.cells] == ["cut off", "ok"]


def test_statements_that_all_hang_are_left_out_until_there_is_no_time(sandbox):
    source = "\n".join(f"x{n} = [print() for _ in iter(int, 1)]" for n in range(50))
    uses = "\ndef answer(): return " + " or ".join(f"x{n}" for n in range(50))
    budgets = Budgets(cell_seconds=0.3, load_seconds=1)
    session = sandbox.session([Cell("c", source + uses, "answer")], ["answer"], budgets=budgets)
    start = time.monotonic()
    report = session.load()
    assert report.cells[0].status == "cut off"
    assert time.monotonic() - start < 10  # 50 statements of 0.3 s would take longer
    session.close()


def test_a_cell_of_very_many_statements_is_run_in_few_parts(sandbox):
    report, value = load(sandbox, ("answer", "x = 1\n" * 12_000 + "def answer(): return x"))
    assert value == 1
    assert report.cells[0].status == "ok"


def test_a_name_that_is_not_defined_is_not_reported(sandbox):
    report, _ = load(sandbox, ("answer", "other = 1"))
    assert report.names == {}


@pytest.mark.parametrize("source", ["\0", "(" * 5000, "x = " + "-" * 50_000 + "1", "\ud800"])
def test_source_that_breaks_the_parser_affects_no_other_cell(sandbox, source):
    report, value = load(sandbox, ("answer", source), ("answer", "def answer(): return 2"))
    assert value == 2
    assert report.cells[0].status in {"syntax error", "raised", "cut off"}


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("%%time\nx = 1", "\nx = 1"),
        ("if y:\n    !pip install torch\nx", "if y:\n    pass\nx"),
        ("model?\nx", "pass\nx"),
        ("x = (7\n  % 3)", "x = (7\n  % 3)"),
        ("def f():\n\treturn 1", "def f():\n\treturn 1"),
    ],
)
def test_magics_are_removed_and_line_numbers_kept(source, python):
    assert without_magics(source) == python
