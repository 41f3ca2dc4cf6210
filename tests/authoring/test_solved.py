"""Both notebooks run top to bottom with the solutions, from a copy of the release alone."""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode

import numpy as np
import pytest
from matplotlib import pyplot as plt

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.notebooks.fill import fill_notebook
from tests.sampling import only, selected

# A notebook takes a minute on an idle core. This limit is for a cell that hangs.
SECONDS = 600
NOTEBOOKS = {"autoencoders.ipynb": 12, "vae.ipynb": 24}  # with the least number of figures
# In seconds of one core: three times the limits for an idle core (60 and 150), because cores differ
# by as much. `python -m benchmarks.speed students` measures the time.
TARGETS = {"autoencoders.ipynb": 180, "vae.ipynb": 450}
SOME = only(["autoencoders.ipynb"], NOTEBOOKS)  # vae.ipynb trains for two minutes
IMAGE = re.compile(r"<img\b[^>]*>")


@pytest.fixture(scope="module")
def executed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict]:
    """Run the notebooks in parallel and return them with their outputs."""
    assignment = load()
    folder = tmp_path_factory.mktemp("student") / "vae"
    shutil.copytree(assignment.release, folder)
    answers = load_bank(assignment).answers()
    running = {}
    names = selected(request, "name")
    for name in names:
        released = (folder / name).read_bytes()
        own = {one.id: answers[one.id] for one in assignment.questions if one.notebook == name}
        solved = json.loads(fill_notebook(released, own))
        (folder / name).write_text(json.dumps(_with_last_cell(solved)))
        running[name] = subprocess.Popen(
            [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", name],
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    for name, process in running.items():
        output, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, f"{name}: {output[-3000:]}"
    return {name: json.loads((folder / name).read_text()) for name in names}


def _environment() -> dict[str, str]:
    """Return a student's environment: nothing from this test run, and one core for torch."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
    return kept | {"OMP_NUM_THREADS": "1"}


def _with_last_cell(notebook: dict) -> dict:
    """Add a cell that prints the time and checks that `lab` is imported from the release."""
    source = (
        "import lab, os, time\n"
        "assert lab.__file__.startswith(os.getcwd()), lab.__file__\n"
        "print(time.process_time())"
    )
    cell = {"cell_type": "code", "id": "last", "metadata": {}, "outputs": [], "source": source}
    notebook["cells"].append({**cell, "execution_count": None})
    return notebook


def _outputs(notebook: dict) -> list[dict]:
    return [out for cell in notebook["cells"] for out in cell.get("outputs", ())]


@pytest.mark.parametrize("name", SOME)
def test_nothing_is_raised_or_printed_to_stderr(executed, name):
    bad = [out for out in _outputs(executed[name]) if out["output_type"] == "error"]
    stderr = [out for out in _outputs(executed[name]) if out.get("name") == "stderr"]
    assert bad == []
    assert stderr == []


@pytest.mark.parametrize("name", SOME)
def test_there_is_no_warning(executed, name):
    printed = "".join(
        text
        for out in _outputs(executed[name])
        for text in (
            "".join(out.get("text", "")),
            "".join(out.get("data", {}).get("text/plain", "")),
        )
    )
    assert "Warning" not in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("name", SOME)
def test_every_figure_is_present_and_none_is_blank_or_cut(executed, name):
    pictures = [pixels for _, pixels in _figures(executed[name])]
    assert len(pictures) >= NOTEBOOKS[name]
    for pixels in pictures:
        assert pixels.shape[1] == 1800, "twice as wide as a notebook on a laptop"
        assert (pixels < 0.8).any(axis=2).mean() > 0.005, "blank"
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert (edge > 0.8).all(), "the figure is cut at an edge"


@pytest.mark.parametrize("name", SOME)
def test_every_figure_has_its_own_alt_text(executed, name):
    alts = [alt for alt, _ in _figures(executed[name])]
    assert all(len(alt) >= 40 for alt in alts)
    assert len(set(alts)) > 0.8 * len(alts)
    bare = [out for out in _outputs(executed[name]) if "image/png" in out.get("data", {})]
    assert bare == [], "a picture without alt text"


@pytest.mark.parametrize("name", SOME)
def test_the_notebook_runs_within_its_time_limit(executed, name):
    seconds = float("".join(_outputs(executed[name])[-1]["text"]))
    assert seconds < TARGETS[name]


def _figures(notebook: dict) -> list[tuple[str, np.ndarray]]:
    """Return the alt text and the pixels of each figure."""
    shown = "".join("".join(out.get("data", {}).get("text/html", "")) for out in _outputs(notebook))
    found = []
    for tag in IMAGE.findall(shown):
        alt, data = (re.search(f'{name}="([^"]*)"', tag) for name in ("alt", "src"))
        png = b64decode(data[1].removeprefix("data:image/png;base64,"))
        found.append((html.unescape(alt[1]) if alt else "", plt.imread(io.BytesIO(png))[..., :3]))
    return found


@pytest.mark.exhaustive
def test_sliders_are_followed_by_a_still_picture(executed):
    shown = [out.get("data", {}) for out in _outputs(executed["vae.ipynb"])]
    sliders = [
        n for n, one in enumerate(shown) if "application/vnd.jupyter.widget-view+json" in one
    ]
    assert len(sliders) == 1
    assert "stands in for them" in "".join(shown[sliders[0]]["text/html"])
    assert "<img alt=" in "".join(shown[sliders[0] + 1]["text/html"])


@pytest.mark.exhaustive
def test_every_check_passes(executed):
    summaries = [
        "".join(out["data"]["text/html"])
        for out in _outputs(executed["vae.ipynb"])
        if "checks passed" in json.dumps(out.get("data", {}))
    ]
    assert len(summaries) == 4
    assert not any("✗" in one for one in summaries)
