"""A rubric's `[budgets]`: defaults, limits, and that they are part of a question's digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
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


def test_budgets_that_a_rubric_leaves_out_have_their_defaults(budgeted):
    assert budgeted().budgets == Budgets()
    assert budgeted("memory_mib = 512").budgets == Budgets(memory_mib=512)


def test_a_budget_that_is_left_out_is_never_longer_than_the_whole_it_is_part_of(budgeted):
    found = budgeted("submission_seconds = 2", "load_seconds = 1").budgets
    assert (found.call_seconds, found.after_hang_seconds, found.cell_seconds) == (2, 2, 1)


def test_a_slow_answer_earns_points_only_within_its_budget_and_the_message_names_the_seconds(
    budgeted, assignment: Assignment, sandbox: Sandbox
):
    assert grade(tiny.answered(double=SLOW), "ada", assignment, sandbox).score == 10
    short = budgeted("call_seconds = 0.75", "after_hang_seconds = 0.5")
    result = grade(tiny.answered(double=SLOW), "ada", short, sandbox)
    checks = result.questions[0].checks
    assert [check.outcome for check in checks] == ["timeout", "timeout"]
    assert "stopped after 0.75 s" in checks[0].message
    assert "stopped after 0.5 s" in checks[1].message
    assert result.questions[1].score == 4  # graded with a stand-in for the first


def test_budgets_are_part_of_a_questions_digest(budgeted, assignment: Assignment):
    def digests(found: Assignment) -> list[str]:
        return [question.digest for question in found.questions]

    default, explicit, shorter = (
        digests(budgeted(*lines)) for lines in ([], ["call_seconds = 10"], ["call_seconds = 5"])
    )
    assert default == explicit == digests(assignment)
    assert not set(default) & set(shorter)


def test_a_worker_has_as_much_memory_as_the_rubric_allows(budgeted):
    source = "import torch\ndef double(x):\n    torch.empty(2**29)\n    return 2 * x\n"  # 2 GiB
    outcomes = []
    for mib in (512, 4096):
        course = budgeted(f"memory_mib = {mib}")
        with open_sandbox(course) as sandbox:
            result = grade(tiny.answered(double=source), "ada", course, sandbox)
        outcomes.append([check.outcome for check in result.questions[0].checks])
    assert outcomes == [["error", "error"], ["passed", "passed"]]
