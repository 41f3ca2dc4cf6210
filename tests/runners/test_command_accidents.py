"""Accidents that befall the command: closed output, wrong clocks, results of other versions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autograder.results import files as results_files
from autograder.sandbox import Sandbox
from tests.courses import tiny
from tests.fuzz import kills
from tests.sampling import one_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = tiny.write_course(tmp_path_factory.mktemp("commands"))
    for name in ("ada", "bob"):
        path = made / "submitted" / name / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(tiny.answered())
    return made


def shell(
    course: Path, results: Path, more: str, **environment: str
) -> subprocess.CompletedProcess:
    command = f"{sys.executable} -m autograder grade submitted --results {results} --jobs 1 {more}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(kills.ROOT)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("where", "status", "said"),
    [
        (">&-", 0, ""),
        (">&- 2>&- <&-", 0, ""),
        (">/dev/full", 1, "autograder: cannot write the output: No space left on device\n"),
        ("| true; exit ${PIPESTATUS[0]}", 1, ""),
        ("2>&1 | true; exit ${PIPESTATUS[0]}", 1, ""),
    ],
)
def test_results_are_written_whatever_becomes_of_the_output(course, tmp_path, where, status, said):
    done = shell(course, tmp_path, where)
    assert (done.returncode, done.stderr) == (status, said)
    assert len(results_files.read_folder(tmp_path)) == 2


CLOCK = """\
import itertools, sys, time
jumps, real = itertools.cycle([0, 1e6, -1e6, -2e9]), time.time
time.time = lambda: real() + next(jumps)
time.time_ns = lambda: int(1e9 * time.time())
from autograder.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_clock_that_jumps_changes_no_result(course, tmp_path):
    shell(course, tmp_path / "steady", "")
    command = [sys.executable, "-c", CLOCK, "grade", "submitted", "--jobs", "1", "--results"]
    done = subprocess.run(
        [*command, str(tmp_path / "jumping")],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(kills.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert kills.timeless(tmp_path / "jumping") == kills.timeless(tmp_path / "steady")


def test_times_of_files_in_the_past_or_future_change_no_result(course, tmp_path):
    shell(course, tmp_path, "")
    before = kills.timeless(tmp_path)
    for path, when in zip(sorted(tmp_path.glob("*.json")), (0, 4e9), strict=True):
        os.utime(path, (when, when))
    done = shell(course, tmp_path, "")
    assert "2 of them kept from an earlier run" in done.stdout
    assert kills.timeless(tmp_path) == before


@pytest.mark.parametrize(
    ("change", "kept"),
    one_in(
        3,
        [
            ({"versions": {"autograder": "0.1.7"}}, True),  # a patch
            ({"versions": {"autograder": "0.0.9"}}, False),
            ({"versions": {"torch": "1.0"}}, False),
            ({"schema": 0}, False),
            ({"schema": 3}, False),
            ({"from_a_later_version": 1}, True),
            ({"status": "a later status"}, False),
        ],
    ),
)
def test_a_result_of_another_version_is_kept_if_it_would_be_the_same(
    course, tmp_path, change, kept
):
    shell(course, tmp_path, "")
    path = tmp_path / "ada.json"
    tree = json.loads(path.read_text())
    versions = tree["versions"] | change.get("versions", {})
    path.write_text(json.dumps(tree | change | {"versions": versions, "seconds": 77.0}))
    done = shell(course, tmp_path, "")
    assert done.returncode == 0
    assert ("2 of them kept" in done.stdout) == kept
    assert (json.loads(path.read_text())["seconds"] == 77.0) == kept
    assert json.loads(path.read_text())["score"] == 10


# -- leftovers ------------------------------------------------------------------------------------


def test_what_a_killed_grader_leaves_is_removed_at_the_next_start(course, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    results = tmp_path / "results"
    run = subprocess.Popen(
        [sys.executable, *("-m", "autograder", "grade", "submitted", "--results", str(results))],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(kills.ROOT), "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not list(temporary.glob("autograder-*")) and time.monotonic() < end:
        time.sleep(0.01)
    run.kill()
    run.wait()
    (left,) = temporary.glob("autograder-*")
    (left / "1").mkdir()
    (left / "1" / "file").write_text("of a worker")
    (left / "1" / "link").symlink_to(course)
    theirs = temporary / "autograder-sandbox-link"
    theirs.symlink_to(course)
    done = shell(course, results, "", TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
    assert list(temporary.iterdir()) == [theirs]
    assert (course / "rubric.toml").exists()


def test_the_folder_of_a_grader_that_is_alive_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Sandbox(preload=["torch"]) as one, Sandbox(preload=["torch"]) as other:
        folders = {one._scratch.path, other._scratch.path}
        assert set(tmp_path.iterdir()) == folders
    assert not list(tmp_path.iterdir())
