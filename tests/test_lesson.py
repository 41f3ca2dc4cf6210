"""The lesson: the notebooks as the contract says, the digits they load, the loop that learns."""

import json
import re
from pathlib import Path

import lab
import nbformat
import pytest
import torch
from lab import figures
from lab.installation import mended
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

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


# --- the notebooks --------------------------------------------------------------------------


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


# --- the data and the loop ------------------------------------------------------------------


def test_images_are_floats_in_the_unit_interval(monkeypatch):
    monkeypatch.delenv("MNIST_ROOT", raising=False)
    x, y = lab.images(train=False), lab.labels(train=False)
    assert (x.shape, x.dtype) == ((500, 1, 28, 28), torch.float32)
    assert (float(x.min()), float(x.max())) == (0.0, 1.0)
    image, label = lab.mnist(train=False)[7]
    assert torch.equal(image, x[7])
    assert label == int(y[7])
    assert torch.equal(lab.pick(3), x[y == 3][0])


def test_missing_digits_are_an_error_that_says_where_they_were_looked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte.*MNIST_ROOT") as caught:
        lab.images(train=True)
    assert str(tmp_path / "MNIST" / "raw") in str(caught.value)


def test_mnist_root_wins(tmp_path, monkeypatch):
    raw = tmp_path / "MNIST/raw"
    raw.mkdir(parents=True)
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
        # The test digits under both names: told apart by their number.
        content = (SOURCE / f"data/MNIST/raw/t10k-{kind}").read_bytes()
        for part in ("train", "t10k"):
            (raw / f"{part}-{kind}").write_bytes(content)
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path))
    assert len(lab.images(train=True)) == 500


def test_pick_says_how_many_there_are():
    with pytest.raises(ValueError, match="50 images of the digit 3"):
        lab.pick(3, nth=50)


def test_broken_pair_of_torch_and_torchvision_is_explained():
    with pytest.raises(ImportError, match="pip install --upgrade") as caught, mended():
        raise RuntimeError("operator torchvision::nms does not exist")
    assert "do not belong together (operator torchvision::nms does not exist)" in str(caught.value)
    assert f"torch {torch.__version__.partition('+')[0]}" in str(caught.value)


def test_missing_package_is_named():
    with pytest.raises(ImportError, match="torchvision is not installed"), mended():
        raise ModuleNotFoundError("No module named 'torchvision'", name="torchvision")


def test_loop_lowers_the_loss_and_leaves_the_model_ready(capsys):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 8), nn.Linear(8, 784), nn.Unflatten(1, (1, 28, 28))
    )
    x = lab.images(train=False)[:50]
    history = lab.fit(model, x, nn.MSELoss(), epochs=4, batch_size=16, lr=1e-2)
    assert history.epochs == 4
    assert history["loss"][-1] < 0.8 * history["loss"][0]
    assert not model.training
    assert {p.device.type for p in model.parameters()} == {"cpu"}
    out, err = capsys.readouterr()
    assert "epoch 4/4" in out
    assert err == "", "a notebook paints stderr red"


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.mu = nn.Parameter(torch.ones(1, 2))

    def forward(self, x):
        mu = self.mu.expand(len(x), 2)
        return torch.full_like(x, 0.5), mu, torch.zeros_like(mu)


def test_vae_loop_counts_nats_per_image_and_warms_beta_up():
    betas = []

    def loss(recon_x, x, mu, logvar, beta):
        betas.append(beta)
        kl = (mu**2).sum() / 2
        recon = F.mse_loss(recon_x, x, reduction="sum")
        return recon + beta * kl, recon, kl

    x = torch.zeros(10, 1, 28, 28)
    history = lab.fit_vae(Tiny(), x, loss, epochs=3, batch_size=4, lr=0.1, beta=2.0, warm_up=0.5)
    assert history["recon"] == pytest.approx([784 / 4] * 3)
    assert history["kl"][0] <= 1.0
    assert history["kl"][-1] < history["kl"][0]
    assert betas == sorted(betas)
    assert (betas[0], betas[-1]) == (0.0, 2.0)
    assert history["beta"][-1] == 2.0


@pytest.mark.parametrize(
    ("loss", "error", "words"),
    [
        (lambda made, x: (made - x).sum() * float("nan"), FloatingPointError, "became nan"),
        (lambda made, x: made - x, TypeError, "one number"),
        (lambda made, x: float((made - x).sum().detach()), TypeError, "got float"),
    ],
)
def test_loop_says_what_is_wrong_with_a_loss(loss, error, words):
    with pytest.raises(error, match=words):
        lab.fit(nn.Linear(28, 28), torch.zeros(4, 1, 28, 28), loss, epochs=1)
