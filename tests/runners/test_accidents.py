"""Accidents of processes and machines: no student gets 0 for them, and each prints one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from autograder.assignment.rubric import load
from autograder.grading import grade as grading
from autograder.grading.sessions import Sessions
from autograder.results import model
from autograder.runners import process_pool
from autograder.runners.sandbox_startup import open_sandbox
from autograder.runners.submissions import GradingTask
from autograder.sandbox import Sandbox
from tests import processes
from tests.courses import tiny

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")

SLOW = "import time\ndef double(x):\n    time.sleep(1.5)\n    return 2 * x\n"


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Yield the tiny course's assignment and a sandbox that a test may kill."""
    assignment = load(tiny.write_course(tmp_path_factory.mktemp("accidents")) / "rubric.toml")
    with open_sandbox(assignment) as sandbox:
        yield assignment, sandbox


def run(machine, *notebooks: bytes, workers: int = 1) -> list[model.Result]:
    assignment, sandbox = machine
    tasks = [GradingTask(f"s{number}", one) for number, one in enumerate(notebooks)]
    steps = process_pool.run(tasks, assignment, sandbox, workers)
    return sorted((step[1] for step in steps if step), key=lambda one: one.student)


def zygotes(sandbox: Sandbox) -> set[int]:
    """Return the sandbox's processes that run between submissions."""
    return processes.below(sandbox.process_id) | {sandbox.process_id}


def kill_soon(pids, *, seconds: float = 0.15) -> threading.Thread:
    """Kill the processes that a function returns, as soon as there are any."""

    def kill() -> None:
        time.sleep(seconds)
        end = time.monotonic() + 20
        while not (found := pids()) and time.monotonic() < end:
            time.sleep(0.01)
        for pid in found:
            os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_zygote_that_was_killed_between_submissions_is_started_again(machine, capfd):
    _, sandbox = machine
    first = max(zygotes(sandbox))
    os.kill(first, signal.SIGKILL)
    assert processes.end_of([first])
    results = run(machine, tiny.answered(), tiny.answered(), tiny.answered(double=tiny.FORGETS))
    assert [(one.status, one.score) for one in results] == [
        *(("graded", 10.0), ("graded", 10.0), ("graded", 6.0))
    ]
    assert max(zygotes(sandbox)) != first
    assert capfd.readouterr().err.count("The sandbox ended and is started again") == 1


def test_a_submission_whose_zygote_is_killed_is_graded_again(machine, tmp_path):
    _, sandbox = machine
    # A helper kills it: this process must not have a thread when it forks.
    helper = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            f"import os, time\ntime.sleep(0.5)\nos.kill({max(zygotes(sandbox))}, 9)",
        ]
    )
    slow = SLOW.replace("1.5", "0.7")
    results = run(machine, tiny.answered(double=slow), tiny.answered(), workers=2)
    helper.wait()
    assert [(one.status, one.score) for one in results] == [("graded", 10.0)] * 2


@pytest.fixture
def session(machine):
    assignment, sandbox = machine
    sessions = Sessions(
        grading.select_cells(grading.read(tiny.answered(double=SLOW)), assignment),
        assignment,
        sandbox,
        time.monotonic() + 100,
    )
    yield sessions
    sessions.close()


@pytest.mark.parametrize(("times", "outcome"), [(1, "passed"), (2, "grader_error")])
def test_a_worker_that_is_killed_from_outside_is_tried_once_more(
    machine, session, monkeypatch, times, outcome
):
    assignment, sandbox = machine
    known, begun, done = zygotes(sandbox), [], threading.Event()
    visit, _ = session.load({})
    begin = visit.begin

    def kill_new_workers() -> None:
        # All of them, for as long as it lasts: the first new process need not be the worker.
        while not done.is_set():
            if len(begun) in range(1, times + 1):
                for pid in processes.below(sandbox.process_id) - known:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    monkeypatch.setattr(visit, "begin", lambda: (begun.append(1), begin()))
    thread = threading.Thread(target=kill_new_workers)
    thread.start()
    result = grading._grade_question(assignment.questions[0], set(), session)
    done.set()
    thread.join()
    assert len(begun) == 2
    assert {check.outcome for check in result.checks} == {outcome}
    if outcome == "grader_error":
        assert result.score is None  # an answer may bring this about by using up the memory
        assert "killed from outside, twice" in result.checks[0].message
    else:
        assert result.score == 6


def test_a_worker_that_is_killed_while_its_cells_are_run_loses_no_cell(machine):
    assignment, sandbox = machine
    usual = zygotes(sandbox)
    source = "import time\ntime.sleep(1)\n" + tiny.DOUBLE
    sessions = Sessions(
        grading.select_cells(grading.read(tiny.answered(double=source)), assignment),
        assignment,
        sandbox,
        time.monotonic() + 100,
    )
    thread = kill_soon(lambda: processes.below(sandbox.process_id) - usual, seconds=0.3)
    session, report = sessions.load({})
    thread.join()
    sessions.close()
    assert not session.killed
    assert "double" in report.names
    assert {cell.status for cell in report.cells} == {"ok"}


def killed_job(notebook: bytes, student: str, *rest: object, folder: Path, times: int):
    """Stand in for `grade`: its process is killed at the first `times` attempts at s0."""
    (folder / f"{student}-{time.monotonic_ns()}").touch()
    if student == "s0" and len(list(folder.glob("s0-*"))) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return grading.grade(notebook, student, *rest)


@pytest.mark.parametrize(("times", "status"), [(1, "graded"), (2, "grader_error")])
def test_a_job_that_is_killed_is_tried_once_more_alone(
    machine, tmp_path, monkeypatch, times, status
):
    monkeypatch.setattr(process_pool, "grade", partial(killed_job, folder=tmp_path, times=times))
    results = run(machine, tiny.answered(), tiny.answered(), tiny.answered(), workers=2)
    assert [one.status for one in results] == [status, "graded", "graded"]
    attempts = sorted(tmp_path.iterdir(), key=lambda path: int(path.name.partition("-")[2]))
    assert [path.name.partition("-")[0] for path in attempts][-1] == "s0"
    assert len(attempts) == 4
    if status == "grader_error":
        assert "status -9" in results[0].message


def test_a_job_that_takes_too_long_is_stopped_and_not_tried_again(machine, tmp_path, monkeypatch):
    def hang(_notebook: bytes, student: str, *_rest: object) -> None:
        (tmp_path / f"{student}-{time.monotonic_ns()}").touch()
        time.sleep(1000)

    monkeypatch.setattr(process_pool, "grade", hang)
    assignment, sandbox = machine
    short = replace(assignment, budgets=replace(assignment.budgets, submission_seconds=-19.0))
    (result,) = run((short, sandbox), tiny.answered())
    assert (result.status, result.score) == ("grader_error", None)
    assert "It did not end within 1 s" in result.message
    assert len(list(tmp_path.iterdir())) == 1


def test_a_job_cannot_take_more_memory_than_it_may(machine, monkeypatch):
    def allocate(notebook: bytes, student: str, *rest: object):
        if student == "s0":
            bytearray(3 * 2**30)
        return grading.grade(notebook, student, *rest)

    monkeypatch.setattr(process_pool, "grade", allocate)
    first, second = run(machine, tiny.answered(), tiny.answered())
    assert first.status == "grader_error"
    assert "MemoryError" in first.message
    assert second.score == 10
