"""Run `autograder grade` and stock `nbgrader autograde` on the same submissions and checks.

nbgrader gets every advantage: its grade cells contain the checks, torch may use all processors, and
besides the released notebook it gets one that is reduced to the answers and their checks.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from autograder.assignment.model import Assignment
from autograder.assignment.rubric_validation import GRADE_CELL
from benchmarks import ROOT
from benchmarks.speed import classes, process_cost

BIN = Path(sys.executable).parent
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ExecutePreprocessor.timeout = c.Execute.timeout = {seconds}
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError"}}
"""
NBGRADER_SECONDS = 90  # per cell; the longest check takes less on a slow machine
Shape = Callable[[bytes, dict[str, str]], bytes]
Kind = Callable[[Assignment], Iterator[bytes]]
Grader = Callable[[Assignment, Iterator[bytes], int], dict[str, float]]


def in_turn(
    graders: Mapping[str, Grader], assignment: Assignment, kind: Kind, count: int, rounds: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the cost of each grader on classes of `count`, as medians of the rounds.

    In each round every grader grades the same class; the next round has the next submissions.
    """
    made = {name: kind(assignment) for name in graders}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in graders}
    for _ in range(rounds):
        for name, grade in graders.items():
            found[name].append(grade(assignment, made[name], count))
    for name, costs in found.items():
        each = sorted(cost["wall_each"] for cost in costs)
        middle = {figure: statistics.median(cost[figure] for cost in costs) for figure in costs[0]}
        yield name, {**middle, "lowest": each[0], "highest": each[-1], "rounds": rounds}


def ours(assignment: Assignment, kind: Iterator[bytes], count: int, *more: str) -> dict[str, float]:
    """Return the cost of `autograder grade` on a class."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        classes.write(folder / "submitted", assignment, kind, count)
        return ours_on(assignment, folder, count, *more)


def ours_on(assignment: Assignment, folder: Path, count: int, *more: str) -> dict[str, float]:
    """Return the cost of `autograder grade` on the class in a folder."""
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--results", "results"]
    command += ["--rubric", str(assignment.rubric), *more]
    cost = process_cost.run(command, folder, environment())
    if cost.status != 0:
        raise RuntimeError((folder / "output.txt").read_text()[-2000:])
    found = [json.loads(path.read_text()) for path in (folder / "results").glob("s*.json")]
    mean = statistics.mean(one["score"] or 0 for one in found)  # as in nbgrader: none is 0
    return {**cost.rounded(count), "mean_score": round(mean, 2)}


def nbgrader(
    assignment: Assignment, kind: Iterator[bytes], count: int, shape: Shape
) -> dict[str, float]:
    """Return the cost of stock `nbgrader autograde` on a class, without making the course."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        grades = {
            f"{GRADE_CELL}{one.id}": (
                "from benchmarks.speed import in_process\n"
                f'in_process.points("{one.id}", {one.answer})'
            )
            for one in assignment.questions
        }
        _write_course(root, assignment, grades, shape)
        submitted = (shape(content, grades) for content in kind)
        classes.write(root / "submitted", assignment, submitted, count)
        more = environment()
        tool = [sys.executable, "-m", "nbgrader"]
        process_cost.run([*tool, "generate_assignment", assignment.name], root, more)
        cost = process_cost.run([*tool, "autograde", assignment.name], root, more)
        process_cost.run([*tool, "export"], root, more)
        with (root / "grades.csv").open(encoding="utf-8") as file:
            scores = [float(row["score"] or 0) for row in csv.DictReader(file)]
        return {**cost.rounded(count), "mean_score": round(statistics.mean(scores), 2)}


def _write_course(root: Path, assignment: Assignment, grades: dict[str, str], shape: Shape) -> None:
    """Write a course whose grade cells contain the checks."""
    (root / "nbgrader_config.py").write_text(CONFIG.format(seconds=NBGRADER_SECONDS))
    source = root / "source" / assignment.name
    shutil.copytree(
        assignment.source, source, ignore=shutil.ignore_patterns("*.ipynb", "__pycache__")
    )
    notebook = shape(assignment.source_notebook.read_bytes(), grades)
    (source / assignment.notebook).write_bytes(notebook)


def environment(root: Path = ROOT) -> dict[str, str]:
    """Return an environment in which the tools and the course's packages are found."""
    path = os.pathsep.join(map(str, (root, root / "source" / "vae")))
    return process_cost.environment({"PYTHONPATH": path, "PATH": f"{BIN}:{os.environ['PATH']}"})
