"""Grading questions in parallel gives the results of grading one after the other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autograder.results.files import without_seconds
from autograder.runners import process_pool, question_parallel
from autograder.runners.submissions import GradingTask
from tests.courses import tiny

ZERO = "def double(x):\n    return 0\n"
COUNTS = "n = []\ndef double(x):\n    n.append(x)\n    return 2 * x + len(n) // 3\n"
CLASS = {
    "right": tiny.answered(),
    "a mistake": tiny.answered(tiny.FORGETS),
    "a mistake that the next question needs": tiny.answered(ZERO),
    "both wrong": tiny.answered(ZERO, "def fourfold(x):\n    return x\n"),
    "ends its process": tiny.answered("import os\nos._exit(0)\n"),
    "counts its calls": tiny.answered(COUNTS),
    "no notebook": b"no notebook",
}


@pytest.fixture
def started(monkeypatch):
    """The tasks that were started, in order."""
    tasks, start = [], process_pool._start
    monkeypatch.setattr(
        process_pool, "_start", lambda task, *more: tasks.append(task) or start(task, *more)
    )
    return tasks


def results(run, tasks, assignment, sandbox, workers):
    return [step for step in run(tasks, assignment, sandbox, workers) if step]


def graded(*arguments):
    return {
        task.student: without_seconds(json.loads(one.to_json()))
        for task, one in results(*arguments)
    }


@pytest.mark.parametrize("name", CLASS)
def test_one_submission_has_the_same_result_by_question(name, assignment, sandbox):
    tasks = [GradingTask("ada", CLASS[name])]
    expected = graded(process_pool.run, tasks, assignment, sandbox, 1)
    assert graded(question_parallel.run, tasks, assignment, sandbox, 3) == expected


def test_fewer_submissions_than_workers_each_get_their_own_result(assignment, sandbox):
    tasks = [GradingTask(name, content) for name, content in CLASS.items()]
    expected = graded(process_pool.run, tasks, assignment, sandbox, 2)
    assert len(expected) == len(CLASS)
    assert (
        graded(question_parallel.run, iter(tasks), assignment, sandbox, len(tasks) + 1) == expected
    )


def test_submissions_are_not_split_if_there_is_one_for_every_worker(assignment, sandbox, started):
    tasks = [GradingTask(name, content) for name, content in CLASS.items()]
    results(question_parallel.run, iter(tasks), assignment, sandbox, 2)
    assert started == tasks


def test_the_question_with_most_points_starts_first_and_kept_results_are_not_graded_again(
    assignment, sandbox, started
):
    task = GradingTask("ada", CLASS["right"])
    ((_, whole),) = results(question_parallel.run, [task], assignment, sandbox, 2)
    assert [one.question for one in started] == ["double", "fourfold", ""]
    started.clear()
    kept = {"double": whole.question("double")}
    ((given, again),) = results(
        question_parallel.run, [replace(task, kept=kept)], assignment, sandbox, 2
    )
    assert [one.question for one in started] == ["fourfold", ""]
    assert (given.kept, again.score) == (kept, whole.score)


def test_the_seconds_of_a_submission_are_those_of_all_its_questions(assignment, sandbox, started):
    slow = "import time\ndef {name}(x):\n    time.sleep(0.3)\n    return {factor} * x\n"
    answers = [slow.format(name=name, factor=by) for name, by in (("double", 2), ("fourfold", 4))]
    task = GradingTask("ada", tiny.answered(*answers))
    ((_, result),) = results(question_parallel.run, [task], assignment, sandbox, 2)
    calls = sum(check.seconds for question in result.questions for check in question.checks)
    assert result.score == 10
    assert result.seconds >= calls >= 0.9  # three checks that call at least once


def test_a_question_whose_process_died_is_graded_once_more(assignment, sandbox, monkeypatch):
    start = process_pool._start

    def kill_the_first(task, *more):
        running = start(task, *more)
        if task.question == "double":
            running.process.kill()
        return running

    monkeypatch.setattr(process_pool, "_start", kill_the_first)
    ((_, result),) = results(
        question_parallel.run, [GradingTask("ada", CLASS["right"])], assignment, sandbox, 2
    )
    assert (result.status, result.score) == ("graded", 10.0)
