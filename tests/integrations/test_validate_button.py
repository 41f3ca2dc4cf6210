"""`nbgrader validate`, which JupyterLab's button "Validate" runs, prints the check's message."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.notebooks.fill import fill_notebook
from tests.sampling import one_in


def validate(folder: Path, *mistakes: str) -> str:
    """Validate the notebook up to its first check, and return what nbgrader prints."""
    assignment = load()
    entries = load_bank(assignment)
    answers = entries.answers(*map(entries.find, mistakes))
    main = {one.id for one in assignment.questions if one.notebook == assignment.notebook}
    answers = {question: code for question, code in answers.items() if question in main}
    released = (assignment.release / assignment.notebook).read_bytes()
    notebook = json.loads(fill_notebook(released, answers))
    ids = [cell["id"] for cell in notebook["cells"]]
    # The cells after it train for a minute and are not tested here.
    notebook["cells"] = notebook["cells"][: ids.index("check-reparameterize") + 1]
    (folder / "vae.ipynb").write_text(json.dumps(notebook))
    for name in ("lab", "data", "checkkit"):
        (folder / name).symlink_to(assignment.release / name)
    command = [sys.executable, "-m", "nbgrader", "validate", "vae.ipynb"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_correct_answer_passes(tmp_path):
    assert validate(tmp_path) == "Success! Your notebook passes all the tests.\n"


@pytest.mark.parametrize(
    "mistake", one_in(2, ["std-is-exp-logvar", "latent-dim-hard-coded-in-noise"])
)
def test_a_wrong_answer_gets_one_line_without_a_traceback(tmp_path, mistake):
    output = validate(tmp_path, mistake)
    assert "VALIDATION FAILED ON 1 CELL(S)" in output
    assert "CheckFailed: " in output
    assert ("expected standard deviation 2.718" in output) == (mistake == "std-is-exp-logvar")
    assert "Traceback" not in output
    assert len(output.splitlines()) < 30
