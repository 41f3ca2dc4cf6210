"""Workers and zygotes end when they should, and leave nothing behind."""

from __future__ import annotations

import doctest
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.sandbox import Budgets, Cell, Sandbox, SandboxError, Session, StudentGone
from tests import processes

SOURCE = """
import os, time
def pid(): return os.getpid()
def parent(): return os.getppid()
def home(): return os.environ["HOME"]
def writes(): open(os.path.join(os.environ["HOME"], "note"), "w").write("x")
def environment(): return sorted(os.environ)
def hangs():
    while True: pass
def fills():
    global held
    held = bytearray(1 << 30)
    held[::4096] = b"x" * (1 << 18)
def ends(): os._exit(0)
def crashes(): os.abort()
"""
NAMES = ("pid", "parent", "home", "writes", "environment", "hangs", "fills", "ends", "crashes")


@pytest.fixture
def session(sandbox: Sandbox):
    session = sandbox.session([Cell("c", SOURCE, "answer")], NAMES)
    yield session
    session.close()


def test_a_hang_ends_at_the_deadline_and_the_next_call_gets_a_new_worker(
    sandbox, session, monkeypatch
):
    monkeypatch.setattr(session, "_patience", 0.3)
    answers = session.answers(NAMES)
    first = answers["pid"]()
    pid = processes.outer(sandbox.process_id, first)
    started = time.monotonic()
    with pytest.raises(StudentGone, match="late") as caught:
        answers["hangs"]()
    assert time.monotonic() - started < 2.3  # the deadline and 2 s
    assert caught.value.outcome == "timeout"
    assert "stopped after 0.3 s" in caught.value.message
    assert processes.end_of([pid])
    assert answers["pid"]() != first


def test_one_fresh_copy_lives_at_a_time_and_the_worker_beside_it(sandbox, session):
    answers = session.answers(NAMES)
    own = answers["pid"]()
    first = processes.outer(sandbox.process_id, session.fresh_copy(answers["pid"])())
    second = processes.outer(sandbox.process_id, session.fresh_copy(answers["pid"])())
    assert processes.end_of([first])
    assert answers["pid"]() == own
    with session.isolated():
        assert processes.end_of([second])
    assert answers["pid"]() == own


@pytest.mark.parametrize("other", ["fresh copy", "isolated"])
def test_a_worker_that_holds_much_memory_ends_before_another_one_starts(sandbox, session, other):
    answers = session.answers(NAMES)
    own = answers["pid"]()
    full = processes.outer(sandbox.process_id, own)
    answers["fills"]()
    if other == "fresh copy":
        session.fresh_copy(answers["pid"])()
    else:
        with session.isolated():
            pass
    assert processes.end_of([full])
    assert answers["pid"]() != own


def test_each_further_hang_has_a_shorter_deadline(sandbox):
    budgets = replace(Budgets(), call_seconds=0.9, after_hang_seconds=0.6)
    session = sandbox.session([Cell("c", SOURCE, "answer")], NAMES, budgets=budgets)
    waited = []
    for _ in range(5):
        with pytest.raises(StudentGone) as caught:
            session.answers(NAMES)["hangs"]()
        waited.append(caught.value.message.rpartition("stopped after ")[2].partition(" s")[0])
    session.close()
    assert waited == ["0.9", "0.6", "0.3", "0.2", "0.2"]


def test_after_five_hangs_in_a_row_an_answer_is_not_called_again(sandbox):
    budgets = replace(Budgets(), call_seconds=0.6, after_hang_seconds=0.6)
    session = sandbox.session([Cell("c", SOURCE, "answer")], NAMES, budgets=budgets)
    answers = session.answers(NAMES)

    def message(call) -> str:
        with pytest.raises(StudentGone) as caught:
            call()
        assert caught.value.outcome == "timeout"
        return caught.value.message

    assert all("stopped after" in message(answers["hangs"]) for _ in range(3))
    answers["pid"]()  # returns: the count starts again
    assert all("stopped after" in message(answers["hangs"]) for _ in range(5))
    assert "not called again after 5 such calls in a row" in message(answers["hangs"])
    assert "not called again" in message(lambda: session.fresh_copy(answers["hangs"]))
    session.begin()  # another question
    assert "stopped after 0.6 s" in message(answers["hangs"])
    session.close()


def test_a_question_begins_in_a_worker_that_has_run_no_other_question(sandbox, session):
    session.load()
    session.begin()
    first = session.answers(NAMES)["pid"]()
    session.seed_for_check("another check of it")
    assert session.answers(NAMES)["pid"]() == first
    session.begin()
    assert session.answers(NAMES)["pid"]() != first


@pytest.mark.parametrize(
    ("name", "how"), [("ends", "exit status 0"), ("crashes", "signal (?:6|11)")]
)
def test_the_message_says_how_a_worker_ended_itself(session, name, how):
    # seccomp forbids the signal that `abort` sends; the C library then crashes the process.
    with pytest.raises(StudentGone) as caught:
        session.answers(NAMES)[name]()
    message = caught.value.message
    assert re.fullmatch(rf"the code ended the process that it ran in \(({how})\)", message)


def test_a_closed_session_gets_a_new_worker(sandbox, session):
    first = session.answers(NAMES)["pid"]()
    pid = processes.outer(sandbox.process_id, first)
    session.seed_for_check("another check")
    assert session.answers(NAMES)["pid"]() == first
    session.close()
    assert session.answers(NAMES)["pid"]() != first
    assert processes.end_of([pid])


def test_a_workers_files_are_in_a_file_system_that_ends_with_it(sandbox, session):
    pid = processes.outer(sandbox.process_id, session.answers(NAMES)["parent"]())
    home = processes.folder_of(pid, session.answers(NAMES)["home"]())
    session.answers(NAMES)["writes"]()
    assert list(home.iterdir()) == []  # not even the zygote sees them
    session.close()
    assert list(home.iterdir()) == []


def test_a_worker_does_not_inherit_the_graders_environment(sandbox, session, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    ours = ["HOME", "OMP_NUM_THREADS", "PATH", "TMPDIR"]
    ours += ["TORCHDYNAMO_DISABLE", "TORCH_COMPILE_DISABLE"]  # see `speed_hints`
    assert session.answers(NAMES)["environment"]() == ours


def test_when_a_sandbox_closes_all_its_processes_end():
    with Sandbox(preload=["torch"]) as sandbox:
        session = sandbox.session([Cell("c", SOURCE, "answer")], NAMES)
        worker = session.answers(NAMES)["pid"]()
        pids = processes.below(sandbox.process_id)
        assert processes.outer(sandbox.process_id, worker) in pids
    assert processes.end_of(pids)
    session.close()


def test_when_a_grader_is_killed_its_sandbox_ends_too():
    program = (
        "import sys, time\n"
        "from autograder.sandbox import Budgets, Cell, Sandbox\n"
        "sandbox = Sandbox(preload=['torch']); sandbox.start()\n"
        f"session = sandbox.session([Cell('c', {SOURCE!r}, 'answer')], {NAMES!r})\n"
        f"answers = session.answers({NAMES!r})\n"
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
        pids = processes.below(grader.pid)
        assert {processes.outer(grader.pid, pid) for pid in (worker, zygote)} <= pids
        os.kill(grader.pid, signal.SIGKILL)
    assert processes.end_of(pids)


def test_the_error_names_a_module_that_cannot_be_preloaded():
    with pytest.raises(SandboxError, match="no_such_module"), Sandbox(preload=["no_such_module"]):
        pass


@pytest.mark.parametrize("documented", [Sandbox, Session])
def test_the_example_in_a_docstring_prints_what_it_says(documented):
    (example,) = doctest.DocTestFinder(recurse=False).find(documented, documented.__name__)
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


def test_gone_is_not_an_exception_that_a_check_could_catch_by_accident():
    assert not issubclass(StudentGone, Exception)
