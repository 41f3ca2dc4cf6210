"""docs/checks.md and docs/kill-matrix.md agree with the rubric and the answer bank."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.checks.contract import CLAUSES
from benchmarks.calibration.risks import deviation_risk, risks
from benchmarks.checks import bounds

ASSIGNMENT = load()
BANK = load_bank(ASSIGNMENT)
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("question", ASSIGNMENT.questions, ids=lambda question: question.id)
def test_every_check_tests_a_clause_and_every_clause_has_a_check(question):
    clauses = CLAUSES[question.id]
    assert all(clauses.values())
    assert {check for checks in clauses.values() for check in checks} == set(question.check_ids)


@pytest.mark.parametrize("question", ASSIGNMENT.questions, ids=lambda question: question.id)
def test_the_table_has_every_check_with_its_criterion(question):
    text = (DOCS / "checks.md").read_text("utf-8")
    _, _, section = text.partition(f"### {question.id}: {question.max_score:g} points")
    section, _, _ = section.partition("\n#")
    for criterion in question.criteria:
        for check in criterion.checks:
            row = f"| `{check}` | {criterion.id} |"
            assert row in section, "run `python -m benchmarks.checks.page`"


def test_the_matrix_has_every_mistake_of_the_bank_and_no_other():
    rows = [
        line.split()[0]
        for block in (DOCS / "kill-matrix.md").read_text("utf-8").split("```")[1::2]
        for line in block.splitlines()
        if line[:1].isalpha()
    ]
    assert rows == [entry.stem for entry in BANK.mistakes], "run `python -m benchmarks.checks.page`"


def test_the_page_on_mutants_changes_right_answers_as_they_are():
    page = (DOCS / "mutants.md").read_text("utf-8")
    assert page.count(" and 0 show a hole in the checks") == 2
    right = [*BANK.solutions.values(), *BANK.alternatives]
    rows = re.findall(r"^\| (\w+) \| `(.+?)` \|", page, flags=re.MULTILINE)
    assert rows
    for question, before in rows:
        codes = [entry.code for entry in right if entry.question == question]
        text = before.replace("\\|", "|")
        assert any(text in code for code in codes), "run `python -m benchmarks.checks.mutants`"


@pytest.mark.parametrize("one", list(risks()), ids=lambda one: one.check)
def test_no_statistical_check_fails_more_than_one_in_a_billion_right_answers(one):
    assert 0 < one.risk < 1e-9
    assert one.passes < 0.01
    assert one.check in next(q for q in ASSIGNMENT.questions if q.id == one.question).check_ids


def test_the_bound_on_a_deviation_is_above_the_normal_approximation():
    assert deviation_risk(20_000) > math.erfc(7 / math.sqrt(2))
    assert deviation_risk(20_000, errors=6) > deviation_risk(20_000, errors=7)


def test_an_upper_bound_is_that_of_clopper_and_pearson():
    assert bounds.of(0, 92) == "0 of 92 (95 %: below 3.2 %)"
    assert bounds.upper_bound(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert bounds.upper_bound(1, 2) == pytest.approx(0.95**0.5)  # 1 - p² = 0.05
    assert bounds.upper_bound(5, 5) == 1
