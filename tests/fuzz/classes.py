"""Grade a class of broken notebooks with both graders.

`python -m tests.fuzz.classes --count 2000`. The notebooks are those of the tiny course, broken as
in `tests.fuzz.notebooks`; hundreds are graded in a minute. `autograder grade` and `nbgrader
autograde` must both finish and give every notebook the same points.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from tests.courses import tiny
from tests.fuzz.notebooks import intact, mutants
from tests.integrations.test_nbgrader import environment, nbgrader

ANSWERS = {"double": tiny.DOUBLE, "fourfold": tiny.FOURFOLD}


def write_class(folder: Path, count: int, seed: int = 0) -> Path:
    """Write a course with `count` broken submissions, and return its root."""
    course = tiny.write_course(folder)
    for number, (_, data) in enumerate(mutants(tiny.answered(), count, seed)):
        path = course / "submitted" / f"s{number:04}" / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    return course


def by_autograder(course: Path) -> dict[str, dict[str, Any]]:
    """Grade the class with `autograder grade`, and return its results."""
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--results", "results"]
    done = subprocess.run(
        command, cwd=course, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert not done.stderr, done.stderr[-3000:]
    paths = sorted((course / "results").glob("s*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def by_nbgrader(course: Path) -> dict[str, float]:
    """Grade the class with `nbgrader autograde`, and return the scores of the gradebook."""
    for command in ("generate_assignment", "autograde"):
        nbgrader(course, command, "tiny")
    nbgrader(course, "export")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def problem_with(result: dict[str, Any], data: bytes, assignment: Assignment) -> str:
    """Return what is wrong with the result of a broken notebook; an empty string if nothing is."""
    said = [result["message"]] if result["status"] == "unreadable" else result["repairs"]
    if any(not line.endswith(".") or "\n" in line for line in said):
        return f"not one sentence: {said}"
    if result["status"] == "unreadable":
        return "" if said[0] else "no reason"
    if result["status"] != "graded":
        return f"{result['status']}: {result['message']}"
    text = data.decode(errors="replace")
    for question in result["questions"]:
        answer = question["id"]
        # A second, broken definition may count instead, and rightly so.
        whole = answer in intact(data, assignment, ANSWERS) and text.count(f"def {answer}(") == 1
        if whole and question["score"] != question["max_score"]:
            return f"{answer} is whole and has {question['score']:g} points"
    return ""


def main() -> None:
    """Break notebooks, grade them with both graders, and compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.classes", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = write_class(Path(folder), options.count, options.seed)
        assignment = load(course / "rubric.toml")
        start = time.monotonic()
        results = by_autograder(course)
        ours = time.monotonic() - start
        for student, result in results.items():
            data = (course / "submitted" / student / "tiny" / "tiny.ipynb").read_bytes()
            problem = problem_with(result, data, assignment)
            assert not problem, (student, problem)
        kinds = Counter(result["status"] for result in results.values())
        print(f"autograder grade: {len(results)} in {ours:.0f} s: {dict(kinds)}", flush=True)
        theirs = by_nbgrader(course)
        taken = time.monotonic() - start - ours
        # The gradebook has the sum of the existing scores.
        differing = {s: (r["score"] or 0.0, theirs.get(s)) for s, r in results.items()}
        differing = {s: pair for s, pair in differing.items() if pair[0] != pair[1]}
        assert not differing, differing
        print(f"nbgrader autograde: {len(theirs)} in {taken:.0f} s, with the same scores")


if __name__ == "__main__":
    main()
