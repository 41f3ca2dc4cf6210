"""`autograder grade --watch` grades what comes and what changes, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.runners.stamps import stamps
from tests.courses import tiny

SECONDS = 120  # to start and to grade, on the busiest machine

RIGHT, WRONG = tiny.answered(), tiny.answered(tiny.FORGETS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course and an empty folder for its submissions."""
    tiny.write_course(tmp_path / "course")
    (tmp_path / "submitted").mkdir()
    return tmp_path


@pytest.fixture
def watching(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "autograder", "grade", str(folder / "submitted"), "--watch"]
    command += ["--results", str(folder / "results"), "--rubric", "course/rubric.toml"]
    run = subprocess.Popen(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    yield run
    run.kill()
    run.communicate()


def hand_in(folder: Path, student: str, notebook: bytes) -> Path:
    file = folder / "submitted" / student / "tiny.ipynb"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(notebook)
    return file


def wait_until(run: subprocess.Popen[str], holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert run.poll() is None, run.communicate()[0]
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def score(folder: Path, student: str) -> float | None:
    file = folder / "results" / f"{student}.json"
    return json.loads(file.read_text())["score"] if file.is_file() else None


def test_what_comes_and_what_changes_is_graded_and_reported(folder, watching):
    hand_in(folder, "ada", RIGHT)
    wait_until(watching, lambda: score(folder, "ada") == 10)
    hand_in(folder, "bob", WRONG)
    wait_until(watching, lambda: score(folder, "bob") == 6)
    hand_in(folder, "bob", RIGHT)
    wait_until(watching, lambda: score(folder, "bob") == 10)
    page = folder / "results" / "feedback" / "bob.html"
    wait_until(watching, lambda: page.is_file() and "10" in page.read_text())
    hand_in(folder, "eve", b"{")
    wait_until(watching, (folder / "results" / "eve.json").is_file)
    watching.send_signal(signal.SIGINT)
    output = watching.communicate(timeout=30)[0]
    assert watching.returncode == 0, output
    assert "Traceback" not in output
    lines = output.splitlines()
    assert "bob  6 of 10" in output
    assert "bob  10 of 10" in output
    assert "eve  – of 10" in output
    assert lines[-1].endswith("stopped")


def test_a_changed_check_ends_it_with_a_word(folder, watching):
    hand_in(folder, "ada", RIGHT)
    wait_until(watching, lambda: score(folder, "ada") == 10)
    check = next((folder / "course" / "staff").rglob("check_*.py"))
    check.write_text(check.read_text() + "# changed\n")
    output = watching.communicate(timeout=SECONDS)[0]
    assert watching.returncode == 1
    assert "the course's files have changed; run the same command again" in output


def test_a_folder_that_goes_away_and_comes_back_is_no_end(folder, watching):
    hand_in(folder, "ada", RIGHT)
    wait_until(watching, lambda: score(folder, "ada") == 10)
    (folder / "submitted").rename(folder / "elsewhere")
    time.sleep(1.5)  # two looks
    (folder / "elsewhere").rename(folder / "submitted")
    hand_in(folder, "bob", RIGHT)
    wait_until(watching, lambda: score(folder, "bob") == 10)


def test_dask_and_watch_exclude_each_other(folder):
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--results", "results"]
    command += ["--rubric", "course/rubric.toml", "--watch", "--dask", "tcp://127.0.0.1:1"]
    run = subprocess.run(command, check=False, cwd=folder, text=True, capture_output=True)
    assert run.returncode == 2
    assert "--watch grades on this machine" in run.stderr


def test_stamps_change_with_files_and_not_with_what_is_left_out(tmp_path):
    file, ignored = tmp_path / "a" / "one", tmp_path / "results" / "x"
    for path in (file, ignored):
        path.parent.mkdir()
        path.write_text("1")
    (tmp_path / "circle").symlink_to(tmp_path)
    before = stamps([tmp_path], [tmp_path / "results"])
    assert {str(file), str(tmp_path / "circle")} <= before.keys()
    ignored.write_text("22")
    (tmp_path / "a" / "__pycache__").mkdir()
    assert stamps([tmp_path], [tmp_path / "results"]) == before
    file.write_text("22")
    assert stamps([tmp_path], [tmp_path / "results"]) != before
    file.unlink()
    assert str(file) not in stamps([tmp_path])
    assert stamps([tmp_path / "nowhere"]) == {}
