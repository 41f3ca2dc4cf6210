"""Time without a processor does not count against an answer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from autograder.sandbox import Cell, Sandbox, StudentGone
from autograder.sandbox.budgets import Budgets

SOURCE = """
import time

def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return time.process_time()

def sleep(seconds):
    time.sleep(seconds)
"""
# A call may take a second, and four in all where it waits for a processor. It shares one with two
# other processes and whatever else the machine does, and so gets about a third of it.
OTHERS = 2
BUDGETS = Budgets(call_seconds=1.0, after_hang_seconds=1.0)
BURN = "while True: pass"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs schedstat")


@contextmanager
def one_loaded_processor():
    """Run everything on one processor, beside other processes.

    Each has a session of its own: some systems share processors among sessions first.
    """
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    command = [sys.executable, "-c", BURN]
    others = [subprocess.Popen(command, start_new_session=True) for _ in range(OTHERS)]
    try:
        yield
    finally:
        for one in others:
            one.kill()
            one.wait()
        os.sched_setaffinity(0, allowed)


@pytest.fixture(scope="module", params=[True, False], ids=["confined", "unconfined"])
def sandbox(request):
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})  # workers inherit it
    with Sandbox(confine=request.param) as sandbox:
        os.sched_setaffinity(0, allowed)
        yield sandbox


@pytest.fixture
def answers(sandbox):
    session = sandbox.session([Cell("c", SOURCE, "answer")], ["compute", "sleep"], {}, BUDGETS)
    session.load()
    session.begin()
    yield session.answers(["compute", "sleep"])
    session.close()


def test_a_call_that_waits_for_a_processor_is_not_cut_off(answers):
    with one_loaded_processor():
        start = time.monotonic()
        answers["compute"](0.6)
    assert time.monotonic() - start > BUDGETS.call_seconds, "the machine was not loaded"


def test_a_call_that_sleeps_is_cut_off_in_time(answers):
    with one_loaded_processor():
        start = time.monotonic()
        with pytest.raises(StudentGone) as cut_off:
            answers["sleep"](30)
    assert "stopped after 1 s" in cut_off.value.detail
    # A process that sleeps waits for a processor only when it wakes up.
    assert time.monotonic() - start < 2 * BUDGETS.call_seconds


def test_a_call_that_computes_for_ever_is_cut_off(answers):
    with one_loaded_processor():
        start = time.monotonic()
        with pytest.raises(StudentGone) as cut_off:
            answers["compute"](1e6)
    assert "stopped after 1 s" in cut_off.value.detail
    # Four times the limit, and the time to notice on a loaded processor.
    assert time.monotonic() - start < 6 * BUDGETS.call_seconds
