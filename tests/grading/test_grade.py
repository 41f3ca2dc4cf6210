"""Grade one submission of an assignment that the engine was not written for."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from autograder.assignment.rubric import load
from autograder.grading.grade import grade
from autograder.results.files import without_seconds
from tests.courses import tiny

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment
    from autograder.results.model import Result
    from autograder.sandbox import Sandbox


@pytest.fixture
def graded(assignment: Assignment, sandbox: Sandbox):
    return lambda notebook: grade(notebook, "ada", assignment, sandbox)


def outcomes(result: Result) -> list[str]:
    return [check.outcome for question in result.questions for check in question.checks]


def test_right_answers_earn_all_points(graded):
    result = graded(tiny.answered())
    assert result.message == ""
    assert (result.status, result.score, result.max_score) == ("graded", 10.0, 10.0)
    assert result.repairs == ()


def test_the_source_notebook_earns_nothing_and_the_message_names_the_stub(graded):
    result = graded(tiny.notebook(tiny.source_cells()))
    assert result.score == 0
    assert set(outcomes(result)) == {"blocked"}
    assert "still contains the stub" in result.questions[0].checks[0].message


def test_a_released_stub_is_recognized_like_the_source(graded):
    stub = 'def double(x):\n    """Return twice x."""\n    raise NotImplementedError'
    result = graded(tiny.answered(double=stub))
    assert "still contains the stub" in result.questions[0].checks[0].message


def test_a_mistake_costs_its_own_question_only_and_says_why(graded):
    result = graded(tiny.answered(double=tiny.FORGETS))
    assert [question.score for question in result.questions] == [2.0, 4.0]
    failed = result.questions[0].checks[1]
    assert failed.outcome == "failed"
    assert failed.message == "double(-3.5): expected -7.0, got 7.0"
    assert (failed.hint, failed.misconception) == ("What is twice -3?", "forgets-the-sign")


def test_a_question_that_needs_a_wrong_answer_is_graded_with_a_stand_in_and_a_note(graded):
    result = graded(tiny.answered(double="def double(x):\n    return 0\n"))
    assert result.questions[1].score == 4.0
    assert result.questions[1].notes == (
        "Graded with a stand-in for double, which lost points itself.",
    )


def test_the_same_bytes_give_the_same_result_but_for_the_seconds(graded):
    def without_time(result: Result) -> object:
        tree = json.loads(replace(result, seconds=0.0).to_json())
        return without_seconds(tree)

    wrong = tiny.answered(double="def double(x):\n    return object()\n")
    assert without_time(graded(wrong)) == without_time(graded(wrong))


def test_a_syntax_error_in_one_answer_costs_that_answer_only(graded):
    result = graded(tiny.answered(double="def double(x)\n    return 2 * x\n"))
    assert [question.score for question in result.questions] == [0.0, 4.0]
    assert "syntax error" in result.questions[0].checks[0].message


def test_a_cell_that_raises_before_the_answers_costs_nothing(graded):
    cells = tiny.source_cells()
    cells[2]["source"], cells[4]["source"] = tiny.DOUBLE, tiny.FOURFOLD
    cells.insert(1, tiny.cell("code", "raise RuntimeError('before')", 20))
    assert graded(tiny.notebook(cells)).score == 10.0


def test_an_answer_cell_that_raises_before_the_definition_is_reported_with_the_exception(graded):
    result = graded(tiny.answered(double="boom\n"))
    assert result.questions[0].checks[0].outcome == "blocked"
    assert "NameError" in result.questions[0].checks[0].message


def test_a_name_that_is_bound_to_a_number_is_reported_as_not_callable(graded):
    result = graded(tiny.answered(double="double = 20\n"))
    assert result.questions[0].score == 0
    assert result.questions[0].checks[0].message == "double is of type int, which cannot be called."


def test_an_answer_that_was_moved_to_another_cell_counts(graded):
    cells = tiny.source_cells()
    cells[4]["source"] = tiny.FOURFOLD
    cells.append(tiny.cell("code", tiny.DOUBLE, 21))
    assert graded(tiny.notebook(cells)).score == 10.0


def test_an_answer_in_a_text_cell_counts_and_is_listed_as_repaired(graded):
    cells = tiny.source_cells()
    cells[4]["source"] = tiny.FOURFOLD
    cells[2] |= {"cell_type": "markdown", "source": tiny.DOUBLE}
    result = graded(tiny.notebook(cells))
    assert result.score == 10.0
    assert any("changed to text" in repair for repair in result.repairs)


def test_a_duplicated_answer_cell_is_run_in_order_and_listed_as_repaired(graded):
    cells = tiny.source_cells()
    cells[2]["source"], cells[4]["source"] = tiny.FORGETS, tiny.FOURFOLD
    cells.append({**cells[2], "id": "again", "source": tiny.DOUBLE})
    result = graded(tiny.notebook(cells))
    assert result.score == 10.0
    assert any("2 times" in repair for repair in result.repairs)


def test_answers_without_nbgrader_metadata_are_found(graded):
    cells = tiny.source_cells()
    cells[2]["source"], cells[4]["source"] = tiny.DOUBLE, tiny.FOURFOLD
    for one in cells:
        one["metadata"] = {}
    assert graded(tiny.notebook(cells)).score == 10.0


def test_an_answer_in_its_grade_cell_is_found(graded):
    cells = tiny.source_cells()
    cells[4]["source"] = tiny.FOURFOLD
    cells[3]["source"] = tiny.DOUBLE + "\n" + str(cells[3]["source"])
    assert graded(tiny.notebook(cells)).score == 10.0


def test_the_setup_cell_comes_from_the_course_whatever_the_student_changed(graded):
    cells = tiny.source_cells()
    cells[1]["source"] = "raise SystemExit"
    cells[2]["source"] = "def double(x):\n    return math.fsum([x, x])\n"
    cells[4]["source"] = tiny.FOURFOLD
    assert graded(tiny.notebook(cells)).score == 10.0


def test_answers_can_use_helpers_in_other_cells(graded):
    cells = tiny.source_cells()
    cells[2]["source"] = "def double(x):\n    return times(x, TWO)\n"
    cells[4]["source"] = tiny.FOURFOLD
    cells.append(tiny.cell("code", "TWO = 2\ndef times(a, b):\n    return a * b", 22))
    assert graded(tiny.notebook(cells)).score == 10.0


def test_an_answer_that_loops_for_ever_costs_its_checks_only(graded):
    result = graded(
        tiny.answered(double="def double(x):\n    while x > 0: pass\n    return 2 * x\n")
    )
    assert outcomes(result) == ["timeout", "passed", "passed"]


def test_an_answer_that_ends_its_process_costs_its_checks_only(graded):
    leaving = "import os\ndef double(x):\n    os._exit(0)\n"
    assert outcomes(graded(tiny.answered(double=leaving))) == ["error", "error", "passed"]


def test_a_statement_that_ends_its_process_is_left_out_and_reported(graded):
    cells = tiny.source_cells()
    cells[2]["source"] = tiny.DOUBLE
    cells[4]["source"] = "import os\nos._exit(0)\n" + tiny.FOURFOLD
    result = graded(tiny.notebook(cells))
    assert [question.score for question in result.questions] == [6.0, 4.0]
    assert "did not run to its end: cut off: the code ended" in result.questions[1].notes[0]
    assert "(line 2 of cell " in result.questions[1].notes[0]


def test_a_file_that_is_not_a_notebook_is_unreadable_and_has_no_score(graded):
    result = graded(b'{"cells": [')
    assert (result.status, result.score) == ("unreadable", None)
    assert "cut off" in result.message


def test_a_grader_error_gives_no_score_and_sets_the_status(tmp_path, sandbox, monkeypatch):
    monkeypatch.delitem(sys.modules, "check_fourfold", raising=False)  # from the other tiny course
    root = tiny.write_course(tmp_path)
    checks = root / "staff/check_fourfold.py"
    checks.write_text("import no_such_module\n" + checks.read_text())
    result = grade(tiny.answered(), "ada", load(root / "rubric.toml"), sandbox)
    assert result.status == "grader_error"
    assert result.score is None
    assert [question.score for question in result.questions] == [6.0, None]
    assert "Not graded, the grader itself failed" in result.message


@pytest.mark.parametrize("alone", [False, True])
def test_an_answer_that_breaks_a_check_is_at_fault_if_the_reference_passes(
    tmp_path, sandbox, monkeypatch, alone
):
    monkeypatch.delitem(sys.modules, "check_fourfold", raising=False)  # from the other tiny course
    root = tiny.write_course(tmp_path)
    checks = root / "staff/check_fourfold.py"
    checks.write_text(checks.read_text().replace("!= 10.0", "- 10.0 != 0"))
    assignment = load(root / "rubric.toml")
    if alone:  # the reference answer needs a stand-in for the question that is left out
        assignment = replace(assignment, questions=assignment.questions[1:])
    words = "def fourfold(x):\n    return 'ten'\n"
    result = grade(tiny.answered(fourfold=words), "ada", assignment, sandbox)
    assert result.status == "graded"
    assert result.questions[-1].score == 0
    assert "cannot use what it returned" in result.questions[-1].checks[0].message


def test_a_check_file_that_cannot_be_imported_is_reported_every_time(
    tmp_path, sandbox, monkeypatch
):
    monkeypatch.delitem(sys.modules, "check_fourfold", raising=False)  # from the other tiny course
    root = tiny.write_course(tmp_path)
    checks = root / "staff/check_fourfold.py"
    checks.write_text("import no_such_module\n" + checks.read_text())
    assignment = load(root / "rubric.toml")
    said = [grade(tiny.answered(), "ada", assignment, sandbox).message for _ in range(2)]
    assert all("No module named 'no_such_module'" in message for message in said)
