"""How a batch grows: seconds for each submission, memory, start-up, and what is not done twice.

The submissions answer one short question, so that what grows is the batch and not the arithmetic.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment.model import Assignment, load
from benchmarks.speed import classes
from benchmarks.speed.peers import ROOT, ours_on

QUESTION = "vae_loss"


def measure(assignment: Assignment, counts: list[int]) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the cost of batches of these sizes, then of the largest once more, then regraded."""
    with tempfile.TemporaryDirectory() as name:
        course = copied(Path(name) / "course", assignment)
        folder = Path(name) / "nothing"
        classes.write(folder / "submitted", course, classes.untouched(course), 1)
        yield "start, and one empty submission/1", ours_on(course, folder, 1)
        for count in counts:
            folder = Path(name) / str(count)
            made = classes.single(course, QUESTION)
            classes.write(folder / "submitted", course, made, count)
            yield f"first/{count}", ours_on(course, folder, count)
        yield f"again/{counts[-1]}", ours_on(course, folder, counts[-1])
        rubric = course.rubric
        checks = rubric.parent / "check_interpolate.py"  # asked of all, answered by none
        checks.write_text(checks.read_text() + "\n# changed\n")
        yield f"one question changed/{counts[-1]}", ours_on(load(rubric), folder, counts[-1])


def copied(folder: Path, assignment: Assignment) -> Assignment:
    """Copy a course, so that its checks can be changed."""
    for part in ("source", "solutions", "autograder"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return load(folder / assignment.rubric_below)


if __name__ == "__main__":
    for told, figures in measure(load(), [20, 40]):
        print(told, json.dumps(figures), flush=True)
