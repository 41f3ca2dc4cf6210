"""The figures: each is drawn, with ink inside its edges, and says what is true."""

import io

import matplotlib as mpl
import pytest
import torch
from lab import figures, training
from lab.figures import convolution, curves, style
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from torch import nn

HISTORY = training.History(
    {"loss": [200.0, 150.0], "recon": [190.0, 130.0], "kl": [40.0, 20.0], "beta": [0.25, 1.0]}
)
PICTURES = torch.linspace(0, 1, 12 * 784).reshape(12, 1, 28, 28)
DRAWN = {
    "autoencoder_diagram": figures.autoencoder_diagram,
    "code_and_cloud": figures.code_and_cloud,
    "conv_vae_diagram": figures.conv_vae_diagram,
    "dense_vae_diagram": figures.dense_vae_diagram,
    "digit_grid": lambda: figures.digit_grid(PICTURES),
    "interpolation_strip": lambda: figures.interpolation_strip(PICTURES, start="3", end="8"),
    "kl_bells": figures.kl_bells,
    "loss_curve": lambda: figures.loss_curve(HISTORY),
    "loss_diagram": figures.loss_diagram,
    "loss_parts": lambda: figures.loss_parts(HISTORY),
    "reconstructions": lambda: figures.reconstructions(PICTURES, PICTURES),
    "reparameterization_diagram": figures.reparameterization_diagram,
    "transposed_convolution": figures.transposed_convolution,
    "upsampling": figures.upsampling,
}


@pytest.fixture(autouse=True)
def agg():
    mpl.use("Agg")


def test_every_figure_is_drawn_here():
    assert set(DRAWN) == set(figures.__all__)


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_figure_is_a_titled_figure_with_ink_inside_its_edges(name):
    made = DRAWN[name]()
    assert isinstance(made, Figure)
    assert made.get_suptitle()
    buffer = io.BytesIO()
    made.savefig(buffer, format="png", dpi=100)  # as a notebook shows it
    buffer.seek(0)
    pixels = plt.imread(buffer)[..., :3]
    assert (pixels < 0.8).any(axis=2).mean() > 0.005, "blank"
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge > 0.8).all(), "something is cut at the edge"


def test_colours_are_those_of_okabe_and_ito():
    used = (style.ORANGE, style.SKY, style.GREEN, style.YELLOW, style.BLUE, style.RED, style.PINK)
    assert set(used) == {
        "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    }  # fmt: skip


def test_bells_state_the_right_kl():
    for mu, sigma, kl in curves.BELLS:
        cloud = torch.distributions.Normal(mu, sigma)
        exact = torch.distributions.kl_divergence(cloud, torch.distributions.Normal(0.0, 1.0))
        assert float(exact) == pytest.approx(kl, abs=0.0006)


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("padding", [0, 1])
def test_size_formula_agrees_with_torch(kernel, padding):
    for stride in (1, 2, 3):
        for extra in range(stride):
            size = convolution.output_size(7, kernel, stride, padding, extra)
            layer = nn.ConvTranspose2d(1, 1, kernel, stride, padding, extra)
            assert layer(torch.zeros(1, 1, 7, 7)).shape[-1] == size
            assert convolution.size_formula(7, kernel, stride, padding, extra).endswith(f"= {size}")


def test_impossible_layers_and_wrong_shapes_are_refused_by_name():
    with pytest.raises(ValueError, match="smaller than stride"):
        figures.transposed_convolution(output_padding=2, stride=2)
    with pytest.raises(ValueError, match=r"expected pictures of shape \(n, 1, 28, 28\), got"):
        figures.digit_grid(torch.zeros(3, 3, 28, 28))
    with pytest.raises(ValueError, match="2 originals, 3 reconstructions"):
        figures.reconstructions(PICTURES[:2], PICTURES[:3])
