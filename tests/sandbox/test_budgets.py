"""A rubric's budgets: what a submission may cost, and that a grade is known by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment.model import Assignment, load
from autograder.grading.grade import grade
from autograder.runners.sandbox_startup import open_sandbox
from autograder.sandbox import Budgets, Sandbox
from tests.courses import tiny

RUBRIC = Path("rubric.toml")
SLOW = "import time\ndef double(x):\n    time.sleep(1.5)\n    return 2 * x\n"


@pytest.fixture
def budgeted(tmp_path):
    """Return the tiny assignment with these lines in its [budgets]."""

    def make(*lines: str) -> Assignment:
        root = tiny.write_course(tmp_path)
        with (root / RUBRIC).open("a") as file:
            file.write("\n".join(["", "[budgets]", *lines, ""]))
        return load(root / RUBRIC)

    return make


def test_what_a_rubric_leaves_out_is_as_always(budgeted):
    assert budgeted().budgets == Budgets()
    assert budgeted("memory_mib = 512").budgets == Budgets(memory_mib=512)


def test_a_part_that_is_left_out_is_no_longer_than_a_shorter_whole(budgeted):
    found = budgeted("submission_seconds = 2", "load_seconds = 1").budgets
    assert (found.call_seconds, found.after_hang_seconds, found.cell_seconds) == (2, 2, 1)


def test_a_slow_answer_earns_its_points_only_within_the_budget_and_is_told_the_seconds(
    budgeted, assignment: Assignment, sandbox: Sandbox
):
    assert grade(tiny.answered(double=SLOW), "ada", assignment, sandbox).score == 10
    short = budgeted("call_seconds = 0.75", "after_hang_seconds = 0.5")
    result = grade(tiny.answered(double=SLOW), "ada", short, sandbox)
    checks = result.questions[0].checks
    assert [check.outcome for check in checks] == ["timeout", "timeout"]
    assert "stopped after 0.75 s" in checks[0].message
    assert "stopped after 0.5 s" in checks[1].message
    assert result.questions[1].score == 4  # with a stand-in


def test_budgets_belong_to_what_a_question_is_graded_by(budgeted, assignment: Assignment):
    def digests(found: Assignment) -> list[str]:
        return [found.question_digest(question) for question in found.questions]

    usual, said, shorter = (
        digests(budgeted(*lines)) for lines in ([], ["call_seconds = 10"], ["call_seconds = 5"])
    )
    assert usual == said == digests(assignment)
    assert not set(usual) & set(shorter)


def test_a_worker_has_the_memory_of_the_rubric(budgeted):
    hungry = "import torch\ndef double(x):\n    torch.empty(2**29)\n    return 2 * x\n"  # 2 GiB
    outcomes = []
    for mib in (512, 4096):
        wanted = budgeted(f"memory_mib = {mib}")
        with open_sandbox(wanted) as own:
            result = grade(tiny.answered(double=hungry), "ada", wanted, own)
        outcomes.append([check.outcome for check in result.questions[0].checks])
    assert outcomes == [["error", "error"], ["passed", "passed"]]
