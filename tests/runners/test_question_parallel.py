"""Questions that are graded side by side have the results of one after the other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autograder.results.model import timeless
from autograder.runners import process_pool, question_parallel
from autograder.runners.process_pool import Job
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
    """The jobs that were started, in order."""
    jobs, start = [], process_pool._start
    monkeypatch.setattr(
        process_pool, "_start", lambda job, *more: jobs.append(job) or start(job, *more)
    )
    return jobs


def results(run, jobs, assignment, sandbox, workers):
    return [step for step in run(jobs, assignment, sandbox, workers) if step]


def graded(*how):
    return {job.student: timeless(json.loads(one.to_json())) for job, one in results(*how)}


@pytest.mark.parametrize("what", CLASS)
def test_one_submission_has_the_same_result(what, assignment, sandbox):
    jobs = [Job("ada", CLASS[what])]
    expected = graded(process_pool.run, jobs, assignment, sandbox, 1)
    assert graded(question_parallel.run, jobs, assignment, sandbox, 3) == expected


def test_a_few_have_each_their_own(assignment, sandbox):
    jobs = [Job(what, content) for what, content in CLASS.items()]
    expected = graded(process_pool.run, jobs, assignment, sandbox, 2)
    assert len(expected) == len(CLASS)
    assert graded(question_parallel.run, iter(jobs), assignment, sandbox, len(jobs) + 1) == expected


def test_where_every_worker_has_a_submission_each_is_graded_whole(assignment, sandbox, started):
    jobs = [Job(what, content) for what, content in CLASS.items()]
    results(question_parallel.run, iter(jobs), assignment, sandbox, 2)
    assert started == jobs


def test_the_question_of_most_points_is_first_and_what_is_kept_is_not_graded_again(
    assignment, sandbox, started
):
    job = Job("ada", CLASS["right"])
    ((_, whole),) = results(question_parallel.run, [job], assignment, sandbox, 2)
    assert [one.alone for one in started] == ["double", "fourfold", ""]
    started.clear()
    kept = {"double": whole.question("double")}
    ((given, again),) = results(
        question_parallel.run, [replace(job, kept=kept)], assignment, sandbox, 2
    )
    assert [one.alone for one in started] == ["fourfold", ""]
    assert (given.kept, again.score) == (kept, whole.score)


def test_its_seconds_are_those_of_all_its_questions(assignment, sandbox, started):
    slow = "import time\ndef {name}(x):\n    time.sleep(0.3)\n    return {factor} * x\n"
    answers = [slow.format(name=name, factor=by) for name, by in (("double", 2), ("fourfold", 4))]
    job = Job("ada", tiny.answered(*answers))
    ((_, result),) = results(question_parallel.run, [job], assignment, sandbox, 2)
    calls = sum(check.seconds for question in result.questions for check in question.checks)
    assert result.score == 10
    assert result.seconds >= calls >= 0.9  # three checks that call at least once


def test_a_question_whose_grader_died_is_graded_once_more(assignment, sandbox, monkeypatch):
    start = process_pool._start

    def kill_the_first(job, *more):
        running = start(job, *more)
        if job.alone == "double":
            running.process.kill()
        return running

    monkeypatch.setattr(process_pool, "_start", kill_the_first)
    ((_, result),) = results(
        question_parallel.run, [Job("ada", CLASS["right"])], assignment, sandbox, 2
    )
    assert (result.status, result.score) == ("graded", 10.0)
