"""A known mistake is named by its behaviour, however it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.notebooks.fill import fill_notebook
from autograder.runners.process_pool import run
from autograder.runners.sandbox_startup import open_sandbox
from autograder.runners.submissions import GradingTask
from tests.spellings import SPELLINGS

CASES = [
    (question, mistake, number)
    for question, mistakes in SPELLINGS.items()
    for mistake, spellings in mistakes.items()
    for number in range(len(spellings))
]


@pytest.fixture(scope="module")
def graded():
    """The result of each spelling at its own question, graded as by `autograder validate`."""
    assignment = load()
    alone = {
        question.id: replace(assignment, questions=(question,)) for question in assignment.questions
    }
    answers, source = load_bank(assignment), assignment.source_notebook.read_bytes()
    tasks = [
        GradingTask(
            "x",
            fill_notebook(
                source, answers.answers() | {question: SPELLINGS[question][mistake][number]}
            ),
            f"{question}/{mistake}/{number}",
            alone[question],
        )
        for question, mistake, number in CASES
    ]
    with open_sandbox(assignment) as sandbox:
        steps = [step for step in run(tasks, assignment, sandbox, workers=2) if step]
    return {task.key: result for task, result in steps}


@pytest.mark.parametrize(("question", "mistake", "number"), CASES)
def test_a_mistake_written_differently_has_the_same_name(graded, question, mistake, number):
    result = graded[f"{question}/{mistake}/{number}"].question(question)
    assert result.score < result.max_score
    failed = [(c.id, c.misconception, c.message) for c in result.checks if c.outcome != "passed"]
    assert {name for _, name, _ in failed if name} == {mistake}, failed


def test_at_least_twenty_mistakes_have_more_spellings_and_all_differ():
    assert len({(question, mistake) for question, mistake, _ in CASES}) >= 20
    codes = {SPELLINGS[question][mistake][number] for question, mistake, number in CASES}
    assert len(codes) == len(CASES)
