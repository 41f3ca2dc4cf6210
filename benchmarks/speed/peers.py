"""`autograder grade` beside stock `nbgrader autograde`, on the same submissions and checks.

nbgrader is given every advantage that leaves it what it is: the checks stand ready in its grade
cells, torch may use all processors, and besides the notebook as released it gets one with nothing
in it but the answers and their checks, which no course would hand out.
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
from benchmarks.speed import classes, measured

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# Seconds for a cell: more than the longest check takes in the student's process on a slow machine.
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ExecutePreprocessor.timeout = c.Execute.timeout = {seconds}
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError"}}
"""
NBGRADER_SECONDS = 90
Shape = Callable[[bytes, dict[str, str]], bytes]
Kind = Callable[[Assignment], Iterator[bytes]]
Grader = Callable[[Assignment, Iterator[bytes], int], dict[str, float]]


def in_turn(
    graders: Mapping[str, Grader], assignment: Assignment, kind: Kind, count: int, rounds: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what each grader costs on classes of `count`, by medians of rounds.

    In a round each has its turn at the same class; the next round has the submissions that follow.
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
    """Return what `autograder grade` costs on a class."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        classes.write(folder / "submitted", assignment, kind, count)
        return ours_on(assignment, folder, count, *more)


def ours_on(assignment: Assignment, folder: Path, count: int, *more: str) -> dict[str, float]:
    """Return what `autograder grade` costs on the class in a folder."""
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--results", "results"]
    command += ["--rubric", str(assignment.rubric), *more]
    cost = measured.run(command, folder, environment())
    if cost.status != 0:
        raise RuntimeError((folder / "said.txt").read_text()[-2000:])
    found = [json.loads(path.read_text()) for path in (folder / "results").glob("s*.json")]
    mean = statistics.mean(one["score"] for one in found)
    return {**cost.rounded(count), "mean_score": round(mean, 2)}


def nbgrader(
    assignment: Assignment, kind: Iterator[bytes], count: int, shape: Shape
) -> dict[str, float]:
    """Return what stock `nbgrader autograde` costs on a class; making the course is not counted."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        grades = {
            GRADE_CELL + one.id: f"import benchmarks.speed.stock\nbenchmarks.stock.points("
            f'"{one.id}", {one.answer})'
            for one in assignment.questions
        }
        _write_course(root, assignment, grades, shape)
        submitted = (shape(content, grades) for content in kind)
        classes.write(root / "submitted", assignment, submitted, count)
        more = environment()
        tool = [sys.executable, "-m", "nbgrader"]
        measured.run([*tool, "generate_assignment", assignment.name], root, more)
        cost = measured.run([*tool, "autograde", assignment.name], root, more)
        measured.run([*tool, "export"], root, more)
        with (root / "grades.csv").open(encoding="utf-8") as file:
            scores = [float(row["score"] or 0) for row in csv.DictReader(file)]
        return {**cost.rounded(count), "mean_score": round(statistics.mean(scores), 2)}


def _write_course(root: Path, assignment: Assignment, grades: dict[str, str], shape: Shape) -> None:
    """Write a course whose notebook has the checks in its own grade cells."""
    (root / "nbgrader_config.py").write_text(CONFIG.format(seconds=NBGRADER_SECONDS))
    source = root / "source" / assignment.name
    shutil.copytree(
        assignment.source, source, ignore=shutil.ignore_patterns("*.ipynb", "__pycache__")
    )
    notebook = shape(assignment.source_notebook.read_bytes(), grades)
    (source / assignment.notebook).write_bytes(notebook)


def environment(root: Path = ROOT) -> dict[str, str]:
    """Return what must be in the environment for the tools and a course's packages to be found."""
    path = os.pathsep.join(map(str, (root, root / "source" / "vae")))
    return measured.environment({"PYTHONPATH": path, "PATH": f"{BIN}:{os.environ['PATH']}"})
