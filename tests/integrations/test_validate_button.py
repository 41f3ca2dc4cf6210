"""`nbgrader validate`, which JupyterLab's button "Validate" runs, says what the check says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment.answer_bank import assemble, bank
from autograder.assignment.model import load


def validate(folder: Path, *mistakes: str) -> str:
    """Hand nbgrader the notebook as far as its first check, and return what it says."""
    assignment = load()
    entries = bank(assignment)
    answers = entries.answers(*map(entries.find, mistakes))
    released = (assignment.release / assignment.notebook).read_bytes()
    notebook = json.loads(assemble(released, answers))
    ids = [cell["id"] for cell in notebook["cells"]]
    # what comes after would train for a minute, and is none of this test's business
    notebook["cells"] = notebook["cells"][: ids.index("check-reparameterize") + 1]
    (folder / "vae.ipynb").write_text(json.dumps(notebook))
    for name in ("lab", "data"):
        (folder / name).symlink_to(assignment.release / name)
    command = [sys.executable, "-m", "nbgrader", "validate", "vae.ipynb"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_right_answer_passes(tmp_path):
    assert validate(tmp_path) == "Success! Your notebook passes all the tests.\n"


@pytest.mark.parametrize("mistake", ["std-is-exp-logvar", "latent-dim-hard-coded-in-noise"])
def test_wrong_answer_is_told_in_one_line_without_a_traceback(tmp_path, mistake):
    said = validate(tmp_path, mistake)
    assert "VALIDATION FAILED ON 1 CELL(S)" in said
    assert "CheckFailed: " in said
    assert ("expected standard deviation 2.718" in said) == (mistake == "std-is-exp-logvar")
    assert "Traceback" not in said
    assert len(said.splitlines()) < 30
