"""A run that is killed, interrupted or out of disk loses nothing and says what to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.fuzz import kills


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return kills.write_class(tmp_path_factory.mktemp("interrupted"))


@pytest.fixture(scope="module")
def expected(course, tmp_path_factory):
    results = tmp_path_factory.mktemp("undisturbed")
    kills.finish(course, results)
    return kills.timeless(results)


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [2, 5])
def test_a_killed_run_resumes_to_the_same_results(tmp_path, count):
    assert len(kills.rounds(tmp_path, count)) == count


def test_ctrl_c_stops_within_two_seconds_and_says_how_to_resume(course, tmp_path, expected):
    run = kills.start(course, tmp_path, start_new_session=True)
    end = time.monotonic() + 60  # it starts in seconds; more for a busy machine
    while not list(tmp_path.glob("*.json")) and time.monotonic() < end:
        time.sleep(0.02)
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)  # to the whole group, as a terminal does
    errors = run.communicate(timeout=30)[1]
    assert time.monotonic() - began < 2  # 0.2 s on an idle machine
    assert run.returncode == 130
    assert "Run the same command again to go on." in errors
    assert "Traceback" not in errors
    kills.finish(course, tmp_path)
    assert kills.timeless(tmp_path) == expected


def test_two_graders_on_one_folder_do_not_disturb_each_other(course, tmp_path, expected):
    runs = [kills.start(course, tmp_path) for _ in range(2)]
    for run in runs:
        _, errors = run.communicate(timeout=180)
        assert run.returncode == 0, errors
    assert kills.timeless(tmp_path) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*expected, "logs"])


def test_an_unwritable_results_folder_is_an_error_before_anything_is_graded(course, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    began = time.monotonic()
    run = kills.start(course, blocked)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 2
    assert "cannot write results to" in errors
    assert time.monotonic() - began < 10  # opening a sandbox alone would take as long


@contextmanager
def mounted(folder, options):
    """Mount a small file system on a folder."""
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


only_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root"
)


@only_root
def test_a_read_only_results_folder_is_an_error_before_anything_is_graded(course, tmp_path):
    with mounted(tmp_path, "ro"):
        run = kills.start(course, tmp_path)
        _, errors = run.communicate(timeout=60)
    assert run.returncode == 2
    assert errors == (f"autograder: cannot write results to {tmp_path}: Read-only file system\n")


@only_root
def test_a_full_disk_is_reported_in_one_line(course, tmp_path):
    with mounted(tmp_path, "size=16k"):
        (tmp_path / "filler").write_bytes(bytes(12288))
        run = kills.start(course, tmp_path)
        _, errors = run.communicate(timeout=120)
    assert run.returncode in {1, 2}
    assert "Traceback" not in errors
    assert "No space left" in errors
