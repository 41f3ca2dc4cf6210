"""Measure how long a student waits: for the first check, a later one, and whole notebooks."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from autograder.assignment.model import Assignment
from autograder.authoring.solved import write_solved
from benchmarks import ROOT
from benchmarks.speed import process_cost

# Runs in a new process, like a new kernel that has run the notebook's imports.
CHECKS = """
import json, time
import torch
from torch import nn
from torch.nn import functional as F
from lab.checks import check
{answers}
seconds = {{}}
for name, answer in {pairs}:
    for when in ("first", "warm"):
        start = time.perf_counter()
        check(name, answer)
        seconds[f"{{name}}, {{when}}"] = round(time.perf_counter() - start, 3)
print("@" + json.dumps(seconds))
"""


def measure(assignment: Assignment, *, notebooks: bool) -> dict[str, float]:
    """Return the seconds by what was run."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"
        shutil.copytree(assignment.source, folder)
        pairs = ", ".join(f'("{one.id}", {one.answer})' for one in assignment.questions)
        answers = "\n\n".join(
            (assignment.solutions / f"{one.id}.py").read_text() for one in assignment.questions
        )
        script = folder / "checks.py"
        script.write_text(CHECKS.format(answers=answers, pairs=f"[{pairs}]"))
        cost = process_cost.run([sys.executable, str(script)], folder)
        output = (folder / "output.txt").read_text()
        if cost.status != 0:
            raise RuntimeError(output[-2000:])
        found.update(json.loads(output.rpartition("@")[2].splitlines()[0]))
        for path in write_solved(assignment, folder) if notebooks else ():
            found[path.name] = _executed(path, folder)
    return found


def _executed(notebook: Path, folder: Path) -> float:
    """Return the seconds of a whole notebook on one processor."""
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "notebook"]
    command += ["--output", "done.ipynb", "--ExecutePreprocessor.timeout=1200", str(notebook)]
    start = time.monotonic()
    one = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    cost = process_cost.run(["taskset", "-c", "0", *command], folder, one)
    if cost.status != 0:
        raise RuntimeError((folder / "output.txt").read_text()[-2000:])
    return round(time.monotonic() - start, 1)
