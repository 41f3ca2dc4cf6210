"""Both notebooks run top to bottom with the solutions in, from a copy of the release alone."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode

import pytest
from matplotlib import pyplot as plt

from autograder.assemble import assemble, bank
from autograder.assignment import load

# A minute each on a quiet core; ten for a busy one. A cell that hangs is what this is to catch.
SECONDS = 600
NOTEBOOKS = {"autoencoders.ipynb": 10, "vae.ipynb": 15}  # and how many figures each has, at least


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Run both notebooks side by side and return what they look like afterwards."""
    assignment = load()
    folder = tmp_path_factory.mktemp("student") / "vae"
    shutil.copytree(assignment.release, folder)
    answers = bank(assignment).answers()
    running = {}
    for name in NOTEBOOKS:
        released = (folder / name).read_bytes()
        graded = name == assignment.notebook
        solved = json.loads(assemble(released, answers) if graded else released)
        (folder / name).write_text(json.dumps(_with_last_cell(solved)))
        running[name] = subprocess.Popen(
            [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", name],
            cwd=folder,
            env={k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    for name, process in running.items():
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, f"{name}: {said[-3000:]}"
    return {name: json.loads((folder / name).read_text()) for name in NOTEBOOKS}


def _with_last_cell(notebook: dict) -> dict:
    """Add a cell that says where `lab` came from: the copy, not what is installed here."""
    source = "import lab, os\nassert lab.__file__.startswith(os.getcwd()), lab.__file__"
    cell = {"cell_type": "code", "id": "whence", "metadata": {}, "outputs": [], "source": source}
    notebook["cells"].append({**cell, "execution_count": None})
    return notebook


def _outputs(notebook: dict) -> list[dict]:
    return [out for cell in notebook["cells"] for out in cell.get("outputs", ())]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nothing_is_raised_and_nothing_is_said_on_stderr(executed, name):
    bad = [out for out in _outputs(executed[name]) if out["output_type"] == "error"]
    stderr = [out for out in _outputs(executed[name]) if out.get("name") == "stderr"]
    assert bad == []
    assert stderr == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_figure_is_there_and_none_is_blank(executed, name):
    pictures = [out["data"]["image/png"] for out in _outputs(executed[name]) if _is_picture(out)]
    assert len(pictures) >= NOTEBOOKS[name]
    for picture in pictures:
        pixels = plt.imread(io.BytesIO(b64decode(picture)))
        assert pixels[..., :3].std() > 0.01


def _is_picture(output: dict) -> bool:
    return "image/png" in output.get("data", {})


def test_every_check_passes(executed):
    told = [
        "".join(out["data"]["text/html"])
        for out in _outputs(executed["vae.ipynb"])
        if "checks passed" in json.dumps(out.get("data", {}))
    ]
    assert len(told) == 4
    assert not any("✗" in one for one in told)
