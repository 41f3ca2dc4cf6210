"""Workers and zygotes end when they should, and nothing is left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.room import Cell, Room, RoomError, StudentGone, visit

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


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_dead(*pids: int) -> bool:
    end = time.monotonic() + 5
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.01)
    return not any(map(alive, pids))


@pytest.fixture
def stay(room: Room):
    stay = room.visit([Cell("c", SOURCE, "answer")], NAMES)
    yield stay
    stay.close()


def test_a_hang_ends_at_the_deadline_and_the_next_call_has_a_fresh_worker(stay, monkeypatch):
    monkeypatch.setattr(stay, "_patience", 0.3)
    answers = stay.answers(NAMES)
    first = answers["pid"]()
    started = time.monotonic()
    with pytest.raises(StudentGone, match="late") as caught:
        answers["hangs"]()
    assert time.monotonic() - started < 2
    assert caught.value.outcome == "timeout"
    assert "stopped after 0 s" in caught.value.message
    assert wait_until_dead(first)
    assert answers["pid"]() != first


@pytest.mark.parametrize(("name", "how"), [("ends", "exit status 0"), ("crashes", "signal 6")])
def test_a_process_that_ends_itself_is_told_with_how(stay, name, how):
    with pytest.raises(StudentGone) as caught:
        stay.answers(NAMES)[name]()
    assert caught.value.message == f"the code ended the process that it ran in ({how})"


def test_a_visit_that_was_closed_gets_a_fresh_worker(stay):
    first = stay.answers(NAMES)["pid"]()
    stay.renew("another check")
    assert stay.answers(NAMES)["pid"]() == first
    stay.close()
    assert stay.answers(NAMES)["pid"]() != first
    assert wait_until_dead(first)


def test_a_worker_has_a_home_of_its_own_that_goes_with_it(stay):
    home = Path(stay.answers(NAMES)["home"]())
    assert home.is_dir()
    stay.close()
    end = time.monotonic() + 5
    while home.exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not home.exists()


def test_a_worker_sees_nothing_of_the_graders_environment(room, stay, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    assert stay.answers(NAMES)["environment"]() == ["HOME", "OMP_NUM_THREADS", "PATH", "TMPDIR"]


def test_when_a_room_closes_its_processes_end():
    with Room(preload=["torch"]) as room:
        stay = room.visit([Cell("c", SOURCE, "answer")], NAMES)
        worker, zygote = stay.answers(NAMES)["pid"](), stay.answers(NAMES)["parent"]()
        assert alive(worker)
    assert wait_until_dead(worker, zygote)
    stay.close()


def test_when_a_grader_is_killed_its_room_ends_too():
    program = (
        "import sys, time\n"
        "from autograder.room import Cell, Room\n"
        "room = Room(preload=['torch']); room.start()\n"
        f"answers = room.visit([Cell('c', {SOURCE!r}, 'answer')], {NAMES!r}).answers({NAMES!r})\n"
        "print(answers['pid'](), answers['parent'](), flush=True)\n"
        "answers['hangs']()\n"
    )
    root = str(Path(visit.__file__).parents[2])
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root
    )
    with grader:
        worker, zygote = map(int, grader.stdout.readline().split())
        time.sleep(0.2)
        os.kill(grader.pid, signal.SIGKILL)
    assert wait_until_dead(worker, zygote)


def test_a_module_that_cannot_be_preloaded_is_told_by_name():
    with pytest.raises(RoomError, match="no_such_module"), Room(preload=["no_such_module"]):
        pass
