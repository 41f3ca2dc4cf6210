"""A known mistake is named by its behaviour, however it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.authoring.solved import filled
from autograder.runners.process_pool import run
from autograder.runners.sandbox_startup import open_sandbox
from autograder.runners.submissions import GradingTask
from benchmarks.checks.names import same_as
from tests.sampling import one_in
from tests.spellings import SPELLINGS, UNNAMED

BANK = load_bank(load())
CASES = [
    (question, mistake, number)
    for question, mistakes in SPELLINGS.items()
    for mistake, spellings in mistakes.items()
    for number in range(len(spellings))
]
# The first spelling of each mistake; each takes about two seconds. The command
# `python -m benchmarks.checks.names` grades all of them.
PARAMETERS = one_in(4, [case for case in CASES if case[2] == 0])


@pytest.fixture(scope="module")
def graded(request):
    """The result of each spelling that is tested, at its own question."""
    tested = [
        tuple(item.callspec.params[name] for name in ("question", "mistake", "number"))
        for item in request.session.items
        if item.path == request.path and hasattr(item, "callspec")
    ]
    assignment = load()
    alone = {
        question.id: replace(assignment, questions=(question,)) for question in assignment.questions
    }
    tasks = [
        GradingTask(
            "x",
            filled(assignment, BANK.answers() | {question: SPELLINGS[question][mistake][number]}),
            f"{question}/{mistake}/{number}",
            alone[question],
        )
        for question, mistake, number in tested
    ]
    with open_sandbox(assignment) as sandbox:
        steps = [step for step in run(tasks, assignment, sandbox, workers=2) if step]
    return {task.key: result for task, result in steps}


@pytest.mark.parametrize(("question", "mistake", "number"), PARAMETERS)
def test_a_mistake_written_differently_has_the_same_name(graded, question, mistake, number):
    result = graded[f"{question}/{mistake}/{number}"].question(question)
    assert result.score < result.max_score
    failed = [(c.id, c.misconception, c.message) for c in result.checks if c.outcome != "passed"]
    named = {name for _, name, _ in failed if name}
    assert named <= same_as(mistake, BANK), failed
    # A result says in words that an answer has another name.
    assert named or result.deductions or (question, mistake, number) in UNNAMED, failed


def test_at_least_sixty_mistakes_have_three_more_spellings_and_all_differ():
    mistakes = {(question, mistake) for question, mistake, _ in CASES}
    assert len(mistakes) >= 60
    assert all(len(SPELLINGS[question][mistake]) >= 3 for question, mistake in mistakes)
    codes = {SPELLINGS[question][mistake][number] for question, mistake, number in CASES}
    assert len(codes) == len(CASES)
