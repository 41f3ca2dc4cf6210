"""Both notebooks and their stubs follow the contract and contain no answer."""

import importlib.util
import json
import re
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import nbformat
import pytest
from lab import figures, predict

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "source/vae"
NOTEBOOKS = ("autoencoders", "vae")
POINTS = {"reparameterize": 20, "vae_loss": 25, "conv_vae": 35, "interpolate": 20}
NAMES = {**{question: question for question in POINTS}, "conv_vae": "ConvVAE"}

WRITTEN = {
    "autoencoders": ("limits-of-autoencoders", "sizes-of-transposed-convolutions"),
    "vae": ("what-beta-buys", "own-experiment"),
}

# The contract of the stubs, word for word: their docstrings contain it.
CONTRACT = {
    "conv_transpose1d": (
        "The output, (batch, out_channels, size), with the size of the formula above and the "
        "dtype of x. Gradients reach x and weight, and both are left as they were."
    ),
    "reparameterize": (
        "Both (batch, latent_dim), any floating dtype, any batch size ≥ 1. "
        "Returns z of the same shape, dtype and device: mu + σ·eps, eps ~ N(0, I), drawn afresh "
        "for every element at every call, in train and eval mode alike. "
        "Differentiable in mu and logvar. Inputs unchanged."
    ),
    "vae_loss": (
        "Returns (total, recon, kl), three scalar tensors in nats. recon: binary cross-entropy of "
        "the probabilities recon_x against x (both (batch, 1, 28, 28) or (batch, 784)), **summed** "
        "over pixels and batch. kl: KL(N(mu, diag σ²) ‖ N(0, I)), **summed** over latent "
        "dimensions and batch, ≥ 0. total = recon + beta * kl. Differentiable in all four."
    ),
    "conv_vae": (
        "__init__(latent_dim=16); encode(x) -> (mu, logvar), each (batch, latent_dim), both signs "
        "possible; decode(z) -> (batch, 1, 28, 28) in [0, 1]; forward(x) -> (recon_x, mu, logvar), "
        "sampling z with the student's reparameterize; sample(n) -> (n, 1, 28, 28) from the prior. "
        "Conv2d in the encoder, ConvTranspose2d in the decoder. Works for every batch size ≥ 1 and "
        "every latent_dim ≥ 1. Extra layers, normalisation, dropout, other activations are free."
    ),
    "interpolate": (
        "x1, x2 one image each, (1, 28, 28). steps ≥ 2. Returns (steps, 1, 28, 28): the decoder's "
        "images at steps equally spaced points, both ends included, on the straight line from the "
        "mean of x1 to the mean of x2. Deterministic; eval mode; no gradient; the model's mode is "
        "left as it was found."
    ),
}


def notebook(name):
    return nbformat.read(SOURCE / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)


def graded(name):
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook(name).cells
        if "nbgrader" in cell.metadata
    }


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_valid_and_was_never_run(name):
    book = notebook(name)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert book.metadata.kernelspec.name == "python3"
    for cell in book.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            compile(cell.source, cell.id, "exec")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_cell_ids_are_words(name):
    ids = [cell.id for cell in notebook(name).cells]
    assert len(set(ids)) == len(ids)
    for cell_id in ids:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell_id), f"a random id moves: {cell_id}"


def test_vae_has_a_setup_cell_and_four_stubs_each_followed_by_its_check():
    cells = graded("vae")
    for written in WRITTEN["vae"]:
        del cells[written]
    assert list(cells) == ["setup", *(part for q in POINTS for part in (q, f"check-{q}"))]
    order = [cell.id for cell in notebook("vae").cells]
    for question, points in POINTS.items():
        stub, check = cells[question], cells[f"check-{question}"]
        assert order.index(check.id) == order.index(stub.id) + 1
        assert _kind(stub) == {"grade": False, "solution": True, "locked": False, "task": False}
        assert _kind(check) == {"grade": True, "solution": False, "locked": True, "task": False}
        assert check.metadata.nbgrader.points == points
        assert check.source == f'check("{question}", {NAMES[question]})'
    assert _kind(cells["setup"]) == {
        "grade": False,
        "solution": False,
        "locked": True,
        "task": False,
    }


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_written_answers_have_five_points_each_and_are_graded_manually(name):
    cells = graded(name)
    assert _kind(cells["setup"])["locked"] is True
    for written in WRITTEN[name]:
        cell = cells[written]
        assert cell.cell_type == "markdown"
        assert cell.metadata.nbgrader.points == 5
        task = written == "own-experiment"
        assert _kind(cell) == {
            "grade": not task, "solution": not task, "locked": task, "task": task,
        }  # fmt: skip
    by_hand = {i for i, cell in cells.items() if cell.cell_type == "markdown"}
    assert by_hand == set(WRITTEN[name])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_marking_scheme_reaches_the_release(name):
    source = "\n".join(cell.source for cell in notebook(name).cells)
    schemes = re.findall(r"=== BEGIN MARK SCHEME ===\n(.*?)=== END MARK", source, re.DOTALL)
    assert len(schemes) == (name == "vae")
    schemes.append((ROOT / "solutions/written.md").read_text())
    released = (ROOT / f"release/vae/{name}.ipynb").read_text()
    assert "MARK SCHEME" not in released
    lines = [line for scheme in schemes for line in scheme.splitlines() if len(line) > 40]
    assert len(lines) >= 10
    assert not [line for line in lines if json.dumps(line, ensure_ascii=False)[1:-1] in released]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_experiment_is_preceded_by_a_prediction(name):
    cells = notebook(name).cells
    asked = [at for at, cell in enumerate(cells) if cell.source.startswith("predict(")]
    assert len(asked) >= 4
    for at in asked:
        assert 'mine=""' in cells[at].source
        shown = eval(cells[at].source, {"predict": predict})
        assert not shown.committed
        assert cells[at + 1].cell_type == "code", "the experiment follows at once"
        assert not cells[at + 1].source.startswith("predict(")


def _kind(cell):
    kept = {key: cell.metadata.nbgrader[key] for key in ("grade", "solution", "locked", "task")}
    assert cell.metadata.nbgrader.schema_version == 3
    return kept


@pytest.mark.parametrize("question", POINTS)
def test_a_stub_contains_its_contract_and_raises(question):
    stub = graded("vae")[question].source
    plain = " ".join(stub.replace("`", "").split())
    assert CONTRACT[question] in plain
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION", stub, re.DOTALL)
    assert len(regions) == (5 if question == "conv_vae" else 1)
    for region in regions:
        assert re.fullmatch(r" +raise NotImplementedError\(\".*\"\)", region)


def test_the_setup_cell_imports_what_answers_may_rely_on():
    colab, first = [cell for cell in notebook("vae").cells if cell.cell_type == "code"][:2]
    assert colab.id == "colab"
    assert first.metadata.nbgrader.grade_id == "setup"
    for line in ("import torch", "from torch import nn", "from torch.nn import functional as F"):
        assert line in first.source.splitlines()


@pytest.mark.parametrize(
    "answer",
    [
        "randn_like",
        "rsample",
        "torch.distributions",
        "binary_cross_entropy",
        "BCELoss",
        "kl_divergence",
        ".exp()",
        "torch.exp",
        "nn.Unflatten(1, (32",
        "logvar.e",
        "logvar /",
        "0.5 *",
    ],
)
def test_nothing_for_students_contains_an_answer(answer):
    texts = {name: "\n".join(c.source for c in notebook(name).cells) for name in NOTEBOOKS}
    texts |= {
        str(path.relative_to(SOURCE)): path.read_text()
        for path in (SOURCE / "lab").rglob("*.py")
        if "checks" not in path.parts
    }
    assert not {name for name, text in texts.items() if answer in text}


def test_notebooks_use_only_existing_figures():
    for name in NOTEBOOKS:
        for cell in notebook(name).cells:
            if cell.cell_type == "code":
                for used in re.findall(r"figures\.(\w+)\(", cell.source):
                    assert used in figures.__all__


def test_text_cells_contain_no_image_without_a_description():
    for name in NOTEBOOKS:
        for cell in notebook(name).cells:
            if cell.cell_type == "markdown":
                assert "![](" not in cell.source
                assert "<img" not in cell.source


@pytest.mark.parametrize("where", ["beside", "zipped", "nowhere"])
def test_the_first_cell_prepares_colab_and_does_nothing_elsewhere(where, tmp_path, monkeypatch):
    """Colab is simulated by its module and a pip that only records."""
    cells = {name: notebook(name).cells[1].source for name in NOTEBOOKS}
    assert cells["vae"] == cells["autoencoders"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    installed: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: installed.append(command))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name != "hypothesis" or None)
    exec(cells["vae"], {})
    assert installed == []
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    if where == "nowhere":
        with pytest.raises(FileNotFoundError, match=r"vae\.zip"):
            exec(cells["vae"], {})
        return
    if where == "zipped":
        with zipfile.ZipFile("vae.zip", "w") as archive:
            archive.writestr("vae/lab/__init__.py", "")
    else:
        Path("lab").mkdir()
    exec(cells["vae"], {})
    assert [command[-1] for command in installed] == ["hypothesis"]
    assert (Path(sys.path[0]) / "lab").is_dir()


def test_the_json_of_a_notebook_is_in_standard_form():
    for name in NOTEBOOKS:
        text = (SOURCE / f"{name}.ipynb").read_text()
        assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n" == text


def test_requirements_of_students_are_those_of_the_kit():
    kit = (SOURCE.parents[1] / "pyproject.toml").read_text()
    for line in (SOURCE / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#") and not line.startswith("ipykernel"):
            assert f'"{line}"' in kit
