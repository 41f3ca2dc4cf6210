"""What a student waits for: the first check, a warm one, and whole notebooks on one processor."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from autograder.assignment.answer_bank import write_solved
from autograder.assignment.model import Assignment
from benchmarks.speed import measured
from benchmarks.speed.peers import ROOT

# In a fresh process, as in a fresh kernel that has imported what the notebook imports.
CHECKS = """
import json, time
import torch
from torch import nn
from torch.nn import functional as F
from lab.checks import check
{answers}
told = {{}}
for name, answer in {pairs}:
    for when in ("first", "warm"):
        start = time.perf_counter()
        check(name, answer)
        told[f"{{name}}, {{when}}"] = round(time.perf_counter() - start, 3)
print("@" + json.dumps(told))
"""


def measure(assignment: Assignment, *, notebooks: bool) -> dict[str, float]:
    """Return the seconds."""
    told: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"
        shutil.copytree(assignment.source, folder)
        pairs = ", ".join(f'("{one.id}", {one.answer})' for one in assignment.questions)
        answers = "\n\n".join(
            (assignment.solutions / f"{one.id}.py").read_text() for one in assignment.questions
        )
        script = folder / "checks.py"
        script.write_text(CHECKS.format(answers=answers, pairs=f"[{pairs}]"))
        cost = measured.run([sys.executable, str(script)], folder)
        said = (folder / "said.txt").read_text()
        if cost.status != 0:
            raise RuntimeError(said[-2000:])
        told.update(json.loads(said.rpartition("@")[2].splitlines()[0]))
        for path in write_solved(assignment, folder) if notebooks else ():
            told[path.name] = _executed(path, folder)
    return told


def _executed(notebook: Path, folder: Path) -> float:
    """Return the seconds that a whole notebook takes on one processor."""
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "notebook"]
    command += ["--output", "done.ipynb", "--ExecutePreprocessor.timeout=1200", str(notebook)]
    start = time.monotonic()
    one = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    cost = measured.run(["taskset", "-c", "0", *command], folder, one)
    if cost.status != 0:
        raise RuntimeError((folder / "said.txt").read_text()[-2000:])
    return round(time.monotonic() - start, 1)
