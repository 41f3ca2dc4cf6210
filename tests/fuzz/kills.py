"""Kill a grader at random moments, run it again, and compare with an uninterrupted run.

`python -m tests.fuzz.kills --count 25`. The class is that of the tiny course, so a run takes
seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from autograder.results import files as results_files
from tests import processes
from tests.courses import tiny

ROOT = Path(__file__).resolve().parents[2]
STUDENTS = 12


def write_class(folder: Path) -> Path:
    """Write a course with a class, some of whose answers are wrong, and return its root."""
    course = tiny.write_course(folder)
    for number in range(STUDENTS):
        path = course / "submitted" / f"student-{number:02}" / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(tiny.answered(double=tiny.FORGETS) if number % 3 else tiny.answered())
    return course


def start(
    course: Path, results: Path, paths: Sequence[object] = ("submitted",), **more: object
) -> subprocess.Popen[str]:
    """Start grading the class, or some paths in it."""
    command = [sys.executable, "-m", "autograder", "grade", *map(str, paths)]
    return subprocess.Popen(
        [*command, "--results", str(results), "--jobs", "2"],
        cwd=course,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'source/vae'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,  # type: ignore[call-overload]
    )


def timeless(results: Path) -> dict[str, object]:
    """Return all results, without times."""
    return {
        path.name: results_files.without_seconds(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(results.glob("*.json"))
    }


def finish(course: Path, results: Path) -> str:
    """Run to the end, and return the output."""
    run = start(course, results)
    said, complaint = run.communicate(timeout=120)
    assert run.returncode == 0, complaint
    return said


def kill_and_go_on(course: Path, results: Path, seconds: float) -> list[str]:
    """Kill a run after some seconds, run again; return the files that the first had finished."""
    run = start(course, results)
    time.sleep(seconds)
    its = processes.below(run.pid)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    assert processes.end_of(its), "a process outlived its grader"
    done = {path.name: path.stat().st_mtime_ns for path in results.glob("*.json")}
    finish(course, results)
    for name, when in done.items():
        assert (results / name).stat().st_mtime_ns == when, f"{name} was graded twice"
    assert not list(results.glob(".writing-*")), "half a file was left"
    return sorted(done)


def rounds(folder: Path, count: int, seed: int = 0) -> list[int]:
    """Kill `count` runs at random moments; return how many results each had finished."""
    course, chance = write_class(folder / "course"), random.Random(seed)
    begin = time.monotonic()
    finish(course, folder / "undisturbed")
    whole = time.monotonic() - begin
    expected, finished = timeless(folder / "undisturbed"), []
    assert len(expected) == STUDENTS
    for number in range(count):
        results = folder / f"killed-{number}"
        # The first half of a run is imports; most moments are meant to be after that.
        seconds = whole * chance.uniform(0.1, 1.0)
        finished.append(len(kill_and_go_on(course, results, seconds)))
        assert timeless(results) == expected
    return finished


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=25)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        finished = rounds(Path(folder), options.count)
    told = f"{len(finished)} runs killed, each with this many of {STUDENTS} results: {finished}"
    print(f"{told}; all went on to the same results.")


if __name__ == "__main__":
    main()
