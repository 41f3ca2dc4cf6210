"""What the notebooks import: digits, training loop, sliders and predictions."""

import sys
from pathlib import Path

import lab
import pytest
import torch
from lab import training
from lab.installation import explained
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

SOURCE = Path(__file__).resolve().parents[2] / "source/vae"


def test_images_are_floats_in_the_unit_interval(monkeypatch):
    monkeypatch.delenv("MNIST_ROOT", raising=False)
    x, y = lab.images(train=False), lab.labels(train=False)
    assert (x.shape, x.dtype) == ((500, 1, 28, 28), torch.float32)
    assert (float(x.min()), float(x.max())) == (0.0, 1.0)
    image, label = lab.mnist(train=False)[7]
    assert torch.equal(image, x[7])
    assert label == int(y[7])
    assert torch.equal(lab.pick(3), x[y == 3][0])


def test_missing_digits_are_an_error_that_names_the_folders_searched(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte.*MNIST_ROOT") as caught:
        lab.images(train=True)
    assert str(tmp_path / "MNIST" / "raw") in str(caught.value)


def test_mnist_root_takes_precedence(tmp_path, monkeypatch):
    raw = tmp_path / "MNIST/raw"
    raw.mkdir(parents=True)
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
        # The test digits under both names; the number of images tells them from the real ones.
        content = (SOURCE / f"data/MNIST/raw/t10k-{kind}").read_bytes()
        for part in ("train", "t10k"):
            (raw / f"{part}-{kind}").write_bytes(content)
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path))
    assert len(lab.images(train=True)) == 500


def test_pick_says_how_many_images_there_are():
    with pytest.raises(ValueError, match="50 images of the digit 3"):
        lab.pick(3, nth=50)


def test_a_mismatch_of_torch_and_torchvision_is_explained():
    with pytest.raises(ImportError, match="pip install --upgrade") as caught, explained():
        raise RuntimeError("operator torchvision::nms does not exist")
    assert "do not belong together (operator torchvision::nms does not exist)" in str(caught.value)
    assert f"torch {torch.__version__.partition('+')[0]}" in str(caught.value)


def test_a_missing_package_is_named():
    with pytest.raises(ImportError, match="torchvision is not installed"), explained():
        raise ModuleNotFoundError("No module named 'torchvision'", name="torchvision")


def test_fit_lowers_the_loss_and_leaves_the_model_in_eval_mode_on_the_cpu(capsys):
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
    assert err == "", "notebooks show stderr in red"


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.mu = nn.Parameter(torch.ones(1, 2))

    def forward(self, x):
        mu = self.mu.expand(len(x), 2)
        return torch.full_like(x, 0.5), mu, torch.zeros_like(mu)


def test_fit_vae_reports_nats_per_image_and_raises_beta():
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


def test_training_leaves_denormal_numbers_as_they_were():
    tiny = torch.tensor([1e-40])
    lab.fit_vae(Tiny(), torch.zeros(4, 1, 28, 28), _tiny_loss, epochs=1)
    with pytest.raises(FloatingPointError):
        lab.fit_vae(Tiny(), torch.zeros(4, 1, 28, 28), _infinite_loss, epochs=1)
    assert float(tiny * 0.5) > 0


def _tiny_loss(recon_x, x, mu, logvar, beta):
    total = (mu**2).sum()
    assert float(torch.tensor([1e-40]) * 0.5) == 0
    return total, total, total


def _infinite_loss(recon_x, x, mu, logvar, beta):
    total = (mu * float("inf")).sum()
    return total, total, total


def test_fit_vae_needs_three_values():
    x = torch.zeros(4, 1, 28, 28)
    with pytest.raises(TypeError, match=r"three values, \(total, recon, kl\); got Tensor"):
        lab.fit_vae(Tiny(), x, lambda *parts: parts[2].sum(), epochs=1)


@pytest.mark.parametrize(
    ("loss", "error", "words"),
    [
        (lambda made, x: (made - x).sum() * float("nan"), FloatingPointError, "became nan"),
        (lambda made, x: made - x, TypeError, "one number"),
        (lambda made, x: float((made - x).sum().detach()), TypeError, "got float"),
    ],
)
def test_fit_says_what_is_wrong_with_a_loss(loss, error, words):
    with pytest.raises(error, match=words):
        lab.fit(nn.Linear(28, 28), torch.zeros(4, 1, 28, 28), loss, epochs=1)


def test_in_a_notebook_the_progress_bar_is_one_line_that_is_overwritten():
    shown = []
    line = training._OneLine(lambda data, **_raw: shown.append(data["text/plain"]))
    for text in ("\r 10%|█", "\n", "", "\r100%|█\n"):
        line.write(text)
    line.flush()
    assert shown == [" 10%|█", "100%|█"]


class Plane(nn.Module):
    def decode(self, z):
        return torch.sigmoid(z.sum(dim=1))[:, None, None, None].expand(-1, 1, 28, 28)


def test_sliders_are_those_of_the_numbers_that_vary_most_and_change_the_picture():
    mu = torch.randn(50, 12) * torch.tensor([1.0, 0.01] * 6)
    explorer = lab.explore(Plane(), mu)
    assert {0, 2, 4, 6, 8, 10} <= set(explorer.numbers)
    assert len(explorer.numbers) == 8
    picture, sliders = explorer.widget().children
    before = picture.value
    sliders.children[0].value = 2.5
    assert picture.value != before
    assert picture.value == explorer.picture({explorer.numbers[0]: 2.5})


@pytest.mark.parametrize("installed", [True, False])
def test_a_static_figure_is_shown_with_and_without_sliders(installed, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    if not installed:
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
    lab.explore(Plane(), torch.randn(5, 2))._ipython_display_()
    assert shown[-1]["text/html"].startswith('<img alt="2 rows of 11 decoded pictures.')
    assert len(shown) == 1 + installed
    assert ("application/vnd.jupyter.widget-view+json" in shown[0]) == installed


def test_a_prediction_asks_for_an_answer_and_shows_it():
    asked = lab.predict("Up or down?", a="up <", b="down")
    assert not asked.committed
    assert "Not committed yet: write a, b" in repr(asked)
    answered = lab.predict("Up or down?", a="up <", b="down", mine=" a ")
    assert answered.committed
    assert "→ a) up <" in repr(answered)
    assert "<strong>a) up &lt; ← yours</strong>" in answered._repr_html_()
    assert not lab.predict("Up or down?", a="up", b="down", mine="c").committed
    assert "You said: “42”" in repr(lab.predict("How many?", mine="42"))
