"""The worst submissions take no longer than a job may, and slow right answers earn everything."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from autograder.assignment.rubric import load
from autograder.authoring.solved import filled, main_filled
from autograder.notebooks.submitted_file import Submitted
from autograder.runners import process_pool
from autograder.runners.sandbox_startup import open_sandbox
from autograder.runners.submissions import GradingTask
from autograder.sandbox import Budgets
from tests.hostile.stage import REPO, bank_answers
from tests.sampling import one_in

# Every limit of the defaults, 20 times shorter.
SHORT = Budgets(
    call_seconds=0.5,
    after_hang_seconds=0.15,
    cell_seconds=0.25,
    load_seconds=1.0,
    submission_seconds=6.5,
)
# What the grader itself may take beyond that; 3 s on an idle machine, and tests run on busy ones.
GRACE = 10.0

# Slows a function down; `{}` says how long a call takes, where `spent` is what it took.
SLOW = """
import time as _time
_depth = []
def _slow(function):
    def slowed(*values, **named):
        start = _time.process_time()
        _depth.append(1)
        try:
            return function(*values, **named)
        finally:
            _depth.pop()
            spent = _time.process_time() - start
            if not _depth: _time.sleep({})
    return slowed
"""


@pytest.fixture(scope="module")
def course():
    assignment = load(REPO / "rubric.toml").main
    with open_sandbox(assignment) as sandbox:
        yield assignment, sandbox


def slowed(assignment, seconds: str) -> dict[str, str]:
    """Return the reference answers, each of whose calls sleeps for a time."""
    answers = bank_answers(assignment)
    for name in answers.keys() - {"conv_vae"}:
        answers[name] += SLOW.replace("{}", seconds) + f"{name} = _slow({name})\n"
    answers["conv_vae"] += SLOW.replace("{}", seconds)
    for name in ("encode", "decode", "forward", "sample"):
        answers["conv_vae"] += f"ConvVAE.{name} = _slow(ConvVAE.{name})\n"
    return answers


def notebook(assignment, answers: dict[str, str], cells: int = 0, source: str = "") -> bytes:
    """Return a submission with these answers, behind some extra cells."""
    tree = json.loads(main_filled(assignment, answers))
    tree["cells"][:0] = [
        {
            "cell_type": "code",
            "id": f"extra-{number}",
            "metadata": {},
            "source": f"class X{number}:\n    import os, time; {source}",
            "outputs": [],
            "execution_count": None,
        }
        for number in range(cells)
    ]
    return json.dumps(tree).encode()


WRONG = {
    "reparameterize": "def reparameterize(mu, logvar): return mu + torch.randn_like(mu)\n",
    "vae_loss": "def vae_loss(r, x, mu, logvar, beta=1.0): s = (r.sum(), mu.sum(), logvar.sum());"
    " return s\n",
}
# By name: how long a call takes, extra cells and what each does.
WORST = {
    "every call hangs": ("99", 0, ""),
    "every call takes as long as it may": ("0.45", 0, ""),
    "every call takes a while": ("0.03", 0, ""),
    "1,500 slow cells": ("0.45", 1500, "time.sleep(0.0006)"),
    "1,500 cells that are cut off": ("0.45", 1500, "time.sleep(0.24)"),
    "300 cells that hang": ("0.01", 300, "time.sleep(99)"),
    "300 cells that end the process": ("0.01", 300, "os._exit(0)"),
}


def graded(course, source: Submitted, budgets: Budgets):
    """Grade a submission in a job; return the result and the seconds that the job took."""
    assignment, sandbox = course
    start = time.monotonic()
    task = GradingTask("m", source)
    limited = replace(assignment, budgets=budgets)
    (result,) = (step[1] for step in process_pool.run([task], limited, sandbox, 1) if step)
    return result, time.monotonic() - start


@pytest.mark.parametrize("name", one_in(3, WORST))
def test_a_submission_takes_no_longer_than_its_budget(course, name):
    sleep, cells, source = WORST[name]
    result, seconds = graded(
        course, notebook(course[0], slowed(course[0], sleep), cells, source), SHORT
    )
    assert result.status == "graded"
    assert seconds < SHORT.submission_seconds + GRACE


@pytest.mark.exhaustive
def test_wrong_answers_that_are_slow_are_not_shrunk_for_ever(course):
    answers = slowed(course[0], "0.05")
    for name, code in WRONG.items():
        answers[name] = code + SLOW.replace("{}", "0.05") + f"{name} = _slow({name})\n"
    result, seconds = graded(course, notebook(course[0], answers), SHORT)
    assert result.status == "graded"
    assert seconds < SHORT.submission_seconds + GRACE


@pytest.mark.exhaustive
def test_a_slow_question_leaves_time_for_the_next(course):
    answers = bank_answers(course[0])
    slow = SLOW.replace("{}", "0.4")
    answers["reparameterize"] += slow + "reparameterize = _slow(reparameterize)\n"
    assignment, sandbox = course
    two = replace(assignment, questions=assignment.questions[:2])
    budgets = Budgets(call_seconds=5, submission_seconds=40)
    result, seconds = graded((two, sandbox), notebook(assignment, answers), budgets)
    first, second = result.questions
    said = [check.message for check in first.checks if check.outcome == "timeout"]
    assert "all calls for a question together took more than 24 s" in said[0]
    assert second.score == second.max_score
    assert seconds < 40 + GRACE


@pytest.mark.exhaustive
def test_no_submission_takes_more_than_150_seconds_of_a_job(course):
    # Side by side: they sleep most of the time.
    assignment, sandbox = course
    tasks = []
    for name, (sleep, cells, source) in WORST.items():
        answers = slowed(assignment, f"20 * {sleep}")
        longer = source.replace("sleep(", "sleep(20 * ")
        tasks.append(GradingTask(name, notebook(assignment, answers, cells, longer)))
    start = time.monotonic()
    limited = replace(assignment, budgets=Budgets())
    steps = process_pool.run(tasks, limited, sandbox, len(tasks))
    results = {step[1].student: step[1].status for step in steps if step}
    assert results.keys() == WORST.keys()
    assert {*results.values()} <= {"graded", "grader_error"}
    # All begin at once, with two processors for seven of them.
    assert time.monotonic() - start < 150 + 10


@pytest.mark.exhaustive
def test_a_right_answer_that_is_four_times_slower_in_every_call_earns_everything(course):
    whole = load(REPO / "rubric.toml")
    submitted = filled(whole, slowed(whole, "3 * spent"))
    result, _ = graded((whole, course[1]), submitted, Budgets())
    checks = [check for question in result.questions for check in question.checks]
    assert [(one.id, one.message) for one in checks if one.message] == []
    assert result.score == result.max_score
