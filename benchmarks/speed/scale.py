"""Measure how time and memory grow with a class, and what a second run costs.

The submissions answer one short question, so that the class grows and not the arithmetic.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from benchmarks import ROOT
from benchmarks.speed import classes
from benchmarks.speed.graders import ours_on

QUESTION = "vae_loss"
UNANSWERED = "interpolate"  # the question that these submissions leave out


def measure(counts: list[int]) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the cost of classes of these sizes, and of grading the largest again."""
    with tempfile.TemporaryDirectory() as name:
        course = copied_course(Path(name) / "course")
        folder = Path(name) / "nothing"
        classes.write(folder / "submitted", course, classes.untouched(course), 1)
        yield "start, and one empty submission/1", ours_on(course, folder, 1)
        for count in counts:
            folder = Path(name) / str(count)
            made = classes.single(course, QUESTION)
            classes.write(folder / "submitted", course, made, count)
            yield f"first/{count}", ours_on(course, folder, count)
        yield f"again/{counts[-1]}", ours_on(course, folder, counts[-1])
        (other,) = (one for one in course.questions if one.id == UNANSWERED)
        checks = other.check_files[-1]
        checks.write_text(checks.read_text() + "\n# changed\n")
        changed = load(course.rubric)
        yield f"one question changed/{counts[-1]}", ours_on(changed, folder, counts[-1])


def copied_course(folder: Path) -> Assignment:
    """Copy the course, so that its checks and points can be changed."""
    for part in ("source", "solutions", "autograder/checks"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("rubric.toml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    return load(folder / "rubric.toml")
