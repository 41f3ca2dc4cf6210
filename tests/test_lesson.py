"""The lesson: both notebooks and their stubs are as the contract says, and name no answer."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from lab import figures

SOURCE = Path(__file__).resolve().parents[1] / "source/vae"
NOTEBOOKS = ("autoencoders", "vae")
POINTS = {"reparameterize": 20, "vae_loss": 25, "conv_vae": 35, "interpolate": 20}
NAMES = {**{question: question for question in POINTS}, "conv_vae": "ConvVAE"}

# The contract of the four stubs, word for word: each sentence stands in its stub's docstring.
CONTRACT = {
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
def test_notebook_is_valid_and_has_no_trace_of_a_run(name):
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
def test_cell_ids_say_what_the_cell_is_for(name):
    ids = [cell.id for cell in notebook(name).cells]
    assert len(set(ids)) == len(ids)
    for cell_id in ids:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell_id), f"a random id moves: {cell_id}"


def test_vae_has_a_setup_cell_and_four_stubs_each_followed_by_its_check():
    cells = graded("vae")
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


def test_autoencoders_has_two_written_answers_of_five_points():
    cells = graded("autoencoders")
    assert len(cells) == 3
    assert _kind(cells.pop("setup"))["locked"] is True
    for cell in cells.values():
        assert cell.cell_type == "markdown"
        assert _kind(cell) == {"grade": True, "solution": True, "locked": False, "task": False}
        assert cell.metadata.nbgrader.points == 5


def _kind(cell):
    kept = {key: cell.metadata.nbgrader[key] for key in ("grade", "solution", "locked", "task")}
    assert cell.metadata.nbgrader.schema_version == 3
    return kept


@pytest.mark.parametrize("question", POINTS)
def test_stub_keeps_its_contract_and_raises(question):
    stub = graded("vae")[question].source
    plain = " ".join(stub.replace("`", "").split())
    assert CONTRACT[question] in plain
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION", stub, re.DOTALL)
    assert len(regions) == (5 if question == "conv_vae" else 1)
    for region in regions:
        assert re.fullmatch(r" +raise NotImplementedError\(\".*\"\)", region)


def test_first_code_cell_gives_exactly_what_answers_may_rely_on():
    first = next(cell for cell in notebook("vae").cells if cell.cell_type == "code")
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
def test_nothing_for_students_names_an_answer(answer):
    texts = {name: "\n".join(c.source for c in notebook(name).cells) for name in NOTEBOOKS}
    texts |= {
        str(path.relative_to(SOURCE)): path.read_text()
        for path in (SOURCE / "lab").rglob("*.py")
        if "checks" not in path.parts
    }
    allowed = {("0.5 *", "lab/figures/curves.py")}  # the bell's exponent
    named = {
        name for name, text in texts.items() if answer in text and (answer, name) not in allowed
    }
    assert not named


def test_notebooks_use_only_figures_that_exist():
    for name in NOTEBOOKS:
        for cell in notebook(name).cells:
            if cell.cell_type == "code":
                for used in re.findall(r"figures\.(\w+)\(", cell.source):
                    assert used in figures.__all__


def test_json_is_stable():
    for name in NOTEBOOKS:
        text = (SOURCE / f"{name}.ipynb").read_text()
        assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n" == text


def test_students_requirements_are_ranges_of_the_kits_own():
    kit = (SOURCE.parents[1] / "pyproject.toml").read_text()
    for line in (SOURCE / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#") and not line.startswith("ipykernel"):
            assert f'"{line}"' in kit
