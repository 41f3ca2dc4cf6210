"""Workers and zygotes end when they should, and nothing is left of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.sandbox import Budgets, Cell, Sandbox, SandboxError, StudentGone
from tests import processes

SOURCE = """
import os, time
def pid(): return os.getpid()
def parent(): return os.getppid()
def home(): return os.environ["HOME"]
def environment(): return sorted(os.environ)
def hangs():
    while True: pass
def ends(): os._exit(0)
def crashes(): os.abort()
"""
NAMES = ("pid", "parent", "home", "environment", "hangs", "ends", "crashes")


@pytest.fixture
def stay(sandbox: Sandbox):
    stay = sandbox.session([Cell("c", SOURCE, "answer")], NAMES)
    yield stay
    stay.close()


def test_a_hang_ends_at_the_deadline_and_the_next_call_has_a_fresh_worker(
    sandbox, stay, monkeypatch
):
    monkeypatch.setattr(stay, "_patience", 0.3)
    answers = stay.answers(NAMES)
    first = answers["pid"]()
    its = processes.outer(sandbox.process_id, first)
    started = time.monotonic()
    with pytest.raises(StudentGone, match="late") as caught:
        answers["hangs"]()
    assert time.monotonic() - started < 2.3  # the deadline, and 2 s
    assert caught.value.outcome == "timeout"
    assert "stopped after 0.3 s" in caught.value.message
    assert processes.end_of([its])
    assert answers["pid"]() != first


def test_what_hangs_again_and_again_is_waited_for_less_and_less(sandbox):
    budgets = replace(Budgets(), call_seconds=0.9, after_hang_seconds=0.6)
    stay = sandbox.session([Cell("c", SOURCE, "answer")], NAMES, budgets=budgets)
    waited = []
    for _ in range(5):
        with pytest.raises(StudentGone) as caught:
            stay.answers(NAMES)["hangs"]()
        waited.append(caught.value.message.rpartition("stopped after ")[2].partition(" s")[0])
    stay.close()
    assert waited == ["0.9", "0.6", "0.3", "0.2", "0.2"]


def test_what_hangs_five_times_in_a_row_is_not_called_again(sandbox):
    budgets = replace(Budgets(), call_seconds=0.6, after_hang_seconds=0.6)
    stay = sandbox.session([Cell("c", SOURCE, "answer")], NAMES, budgets=budgets)
    answers = stay.answers(NAMES)

    def told(call) -> str:
        with pytest.raises(StudentGone) as caught:
            call()
        assert caught.value.outcome == "timeout"
        return caught.value.message

    assert all("stopped after" in told(answers["hangs"]) for _ in range(3))
    answers["pid"]()  # comes back: the count begins anew
    assert all("stopped after" in told(answers["hangs"]) for _ in range(5))
    assert "not called again after 5 such calls in a row" in told(answers["hangs"])
    assert "not called again" in told(lambda: stay.fresh_copy(answers["hangs"]))
    stay.begin()  # another question
    assert "stopped after 0.6 s" in told(answers["hangs"])
    stay.close()


def test_a_question_begins_in_a_worker_that_has_seen_nothing_of_the_one_before(sandbox, stay):
    stay.load()
    stay.begin()
    first = stay.answers(NAMES)["pid"]()
    stay.seed_for_check("another check of it")
    assert stay.answers(NAMES)["pid"]() == first
    stay.begin()
    assert stay.answers(NAMES)["pid"]() != first


@pytest.mark.parametrize(
    ("name", "how"), [("ends", "exit status 0"), ("crashes", "signal (?:6|11)")]
)
def test_a_process_that_ends_itself_is_told_with_how(stay, name, how):
    # It may not send itself the signal of `abort`; the C library then makes it crash.
    with pytest.raises(StudentGone) as caught:
        stay.answers(NAMES)[name]()
    told = caught.value.message
    assert re.fullmatch(rf"the code ended the process that it ran in \(({how})\)", told)


def test_a_visit_that_was_closed_gets_a_fresh_worker(sandbox, stay):
    first = stay.answers(NAMES)["pid"]()
    its = processes.outer(sandbox.process_id, first)
    stay.seed_for_check("another check")
    assert stay.answers(NAMES)["pid"]() == first
    stay.close()
    assert stay.answers(NAMES)["pid"]() != first
    assert processes.end_of([its])


def test_a_worker_has_a_home_of_its_own_that_goes_with_it(sandbox, stay):
    its = processes.outer(sandbox.process_id, stay.answers(NAMES)["parent"]())
    home = processes.folder_of(its, stay.answers(NAMES)["home"]())
    assert home.is_dir() or "bubblewrap" not in sandbox.confinement
    stay.close()
    end = time.monotonic() + 5
    while home.exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not home.exists()


def test_a_worker_sees_nothing_of_the_graders_environment(sandbox, stay, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    assert stay.answers(NAMES)["environment"]() == ["HOME", "OMP_NUM_THREADS", "PATH", "TMPDIR"]


def test_when_a_room_closes_its_processes_end():
    with Sandbox(preload=["torch"]) as sandbox:
        stay = sandbox.session([Cell("c", SOURCE, "answer")], NAMES)
        worker = stay.answers(NAMES)["pid"]()
        its = processes.below(sandbox.process_id)
        assert processes.outer(sandbox.process_id, worker) in its
    assert processes.end_of(its)
    stay.close()


def test_when_a_grader_is_killed_its_room_ends_too():
    program = (
        "import sys, time\n"
        "from autograder.sandbox import Budgets, Cell, Sandbox\n"
        "sandbox = Sandbox(preload=['torch']); sandbox.start()\n"
        f"answers = sandbox.session([Cell('c', {SOURCE!r}, 'answer')], {NAMES!r}).answers({NAMES!r})\n"
        "print(answers['pid'](), answers['parent'](), flush=True)\n"
        "answers['hangs']()\n"
    )
    root = str(Path(processes.__file__).parents[1])
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root
    )
    with grader:
        worker, zygote = map(int, grader.stdout.readline().split())
        time.sleep(0.2)
        its = processes.below(grader.pid)
        assert {processes.outer(grader.pid, one) for one in (worker, zygote)} <= its
        os.kill(grader.pid, signal.SIGKILL)
    assert processes.end_of(its)


def test_a_module_that_cannot_be_preloaded_is_told_by_name():
    with pytest.raises(SandboxError, match="no_such_module"), Sandbox(preload=["no_such_module"]):
        pass
