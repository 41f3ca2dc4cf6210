"""Every figure is drawn within its edges, has a description, and shows correct numbers."""

import html
import io

import matplotlib as mpl
import pytest
import torch
from lab import figures, training
from lab.figures import bells, convolution, linear_maps, maps, stamping
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from torch import nn

from checkkit import figure_style

HISTORY = training.History(
    {"loss": [200.0, 150.0], "recon": [190.0, 130.0], "kl": [40.0, 20.0], "beta": [0.25, 1.0]}
)
PICTURES = torch.linspace(0, 1, 12 * 784).reshape(12, 1, 28, 28)
DIGITS = torch.arange(12) % 10


class Flat(nn.Module):
    """A VAE with latent_dim = 2 whose decoder grows 7 × 7 pixels to 28 × 28, or to 25 × 25."""

    def __init__(self, output_padding=1):
        super().__init__()
        self.heads, self.back = nn.Linear(784, 2), nn.Linear(2, 49)
        self.first, self.second = (
            nn.ConvTranspose2d(1, 1, 3, 2, 1, output_padding) for _ in range(2)
        )

    def encode(self, x):
        mu = self.heads(x.flatten(1))
        return mu, torch.zeros_like(mu)

    def decode(self, z):
        small = self.back(z).reshape(-1, 1, 7, 7)
        return torch.sigmoid(self.second(self.first(small)))


torch.manual_seed(0)
FLAT = Flat()
MEANS = torch.randn(12, 2)
DRAWN = {
    "autoencoder_diagram": figures.autoencoder_diagram,
    "checkerboard": figures.checkerboard,
    "collapse": lambda: figures.collapse(
        {"one": torch.rand(16), "two": torch.zeros(16)}, {"original": PICTURES[:10]}
    ),
    "conv_vae_diagram": figures.conv_vae_diagram,
    "convolution_matrices": figures.convolution_matrices,
    "decoder_coverage": lambda: figures.decoder_coverage(FLAT),
    "decoder_sizes": lambda: figures.decoder_sizes(FLAT),
    "dense_vae_diagram": figures.dense_vae_diagram,
    "digit_grid": lambda: figures.digit_grid(PICTURES),
    "interpolation_strip": lambda: figures.interpolation_strip(PICTURES, start="3", end="8"),
    "kl_bells": figures.kl_bells,
    "latent_map": lambda: figures.latent_map(torch.randn(12, 5), DIGITS),
    "layer_sizes": lambda: figures.layer_sizes(FLAT.first, torch.zeros(1, 1, 7, 7)),
    "loss_curve": lambda: figures.loss_curve(HISTORY),
    "loss_diagram": figures.loss_diagram,
    "loss_parts": lambda: figures.loss_parts(HISTORY),
    "manifold": lambda: figures.manifold(FLAT),
    "points_and_posteriors": figures.points_and_posteriors,
    "reconstructions": lambda: figures.reconstructions(PICTURES, PICTURES),
    "reparameterization_diagram": figures.reparameterization_diagram,
    "rows_of_digits": lambda: figures.rows_of_digits({"a": PICTURES, "b": PICTURES}, "Two rows"),
    "samples_of_one_picture": lambda: figures.samples_of_one_picture(
        FLAT, PICTURES[5], MEANS[:1], MEANS
    ),
    "stamp_by_stamp": figures.stamp_by_stamp,
    "transposed_convolution": figures.transposed_convolution,
    "traversal": lambda: figures.traversal(FLAT, 2),
}


@pytest.fixture(autouse=True)
def agg():
    mpl.use("Agg")


def test_every_public_figure_is_tested():
    assert set(DRAWN) == set(figures.__all__)


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_figure_has_a_title_and_is_not_blank_or_cut_at_the_edges(name):
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


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_figure_is_shown_with_its_description(name):
    made = DRAWN[name]()
    assert 40 <= len(made.alt) <= 600
    assert "\n" not in made.alt
    assert "  " not in made.alt
    shown = made._repr_html_()
    assert shown.startswith(f'<img alt="{html.escape(made.alt)}" ')


def test_a_figure_without_description_is_refused():
    with pytest.raises(ValueError, match="a description in words"):
        figure_style.styled(lambda: figure_style.figure(2.0, "Title", ""))()


def test_colours_are_those_of_okabe_and_ito():
    used = (
        figure_style.ORANGE,
        figure_style.SKY,
        figure_style.GREEN,
        figure_style.YELLOW,
        figure_style.BLUE,
        figure_style.RED,
        figure_style.PINK,
    )
    assert set(used) == {
        "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    }  # fmt: skip


@pytest.mark.parametrize(("mu", "sigma"), [*bells.PAIRS, (-3.0, 0.05), (0.5, 4.0)])
def test_area_between_posterior_and_prior_is_the_kl(mu, sigma):
    posterior = torch.distributions.Normal(mu, sigma)
    exact = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    assert bells.kl_area(mu, sigma) == pytest.approx(float(exact), abs=1e-4)
    assert f"mu {mu:g}, sigma {sigma:g}: {float(exact):.3f}" in figures.kl_bells([(mu, sigma)]).alt


def test_decoder_sizes_follows_a_decoder_layer_by_layer():
    good = figures.decoder_sizes(FLAT).alt
    assert "(7 − 1)·2 − 2·1 + 3 + 1 = 14; (14 − 1)·2 − 2·1 + 3 + 1 = 28" in good
    assert "as large as the digits" in good
    bad = figures.decoder_sizes(Flat(output_padding=0)).alt
    assert "(7 − 1)·2 − 2·1 + 3 + 0 = 13; (13 − 1)·2 − 2·1 + 3 + 0 = 25" in bad
    assert "25 pixels a side: 3 too few" in bad


def test_a_decoder_that_raises_is_drawn_up_to_the_error():
    model = Flat()
    model.second = nn.ConvTranspose2d(5, 1, 3)
    assert "14" in (alt := figures.decoder_sizes(model).alt)
    assert "after that it stopped: RuntimeError" in alt
    assert not model.first._forward_hooks, "a hook was left behind"


def test_stamps_add_up_to_the_result_of_torch(monkeypatch):
    drawn = []
    table = stamping._table
    monkeypatch.setattr(
        stamping, "_table", lambda axes, n, *rest: (drawn.append(n.copy()), table(axes, n, *rest))
    )
    figures.stamp_by_stamp([[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], stride=2)
    picture, stamp, *_, last = (torch.tensor(n)[None, None] for n in drawn)
    assert torch.equal(last, nn.functional.conv_transpose2d(picture, stamp, stride=2))


def test_the_map_describes_the_nearest_and_the_furthest_digits():
    mu = torch.tensor([[0.0, 0.0], [0.1, 0.0], [5.0, 0.0]])
    alt = figures.latent_map(mu, torch.tensor([4, 9, 0])).alt
    assert alt.endswith("Nearest to each other are 4 and 9, furthest 0 and 4.")


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("padding", [0, 1])
def test_size_formula_agrees_with_torch(kernel, padding):
    for stride in (1, 2, 3):
        for extra in range(stride):
            size = convolution.output_size(7, kernel, stride, padding, extra)
            layer = nn.ConvTranspose2d(1, 1, kernel, stride, padding, extra)
            assert layer(torch.zeros(1, 1, 7, 7)).shape[-1] == size
            assert convolution.size_formula(7, kernel, stride, padding, extra).endswith(f"= {size}")


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(4, 2, 1), (3, 2, 1), (3, 1, 1), (2, 2, 0)]
)
def test_the_matrix_of_a_convolution_transposed_is_the_transposed_convolution(
    kernel, stride, padding
):
    which = linear_maps.matrix_of_convolution(8, kernel, stride, padding)
    weights = torch.randn(kernel)
    matrix = torch.cat([torch.zeros(1), weights])[torch.tensor(which)]
    x, y = torch.randn(1, 1, 8), torch.randn(1, 1, len(matrix))
    settings = {"stride": stride, "padding": padding}
    there = nn.functional.conv1d(x, weights[None, None], **settings)
    assert torch.allclose(matrix @ x[0, 0], there[0, 0], atol=1e-6)
    extra = 8 - convolution.output_size(len(matrix), kernel, stride, padding)
    back = nn.functional.conv_transpose1d(y, weights[None, None], **settings, output_padding=extra)
    assert torch.allclose(matrix.T @ y[0, 0], back[0, 0], atol=1e-6)


def test_kernel_three_with_stride_two_covers_unevenly_and_the_others_do_not():
    alt = figures.checkerboard().alt
    assert "kernel 3, stride 2: 9 to 1" in alt
    assert "kernel 4, stride 2: 1 to 1" in alt
    assert "convolution of kernel 3: 1 to 1" in alt


def test_a_decoder_with_kernel_three_and_stride_two_covers_unevenly():
    assert "7 → 14: 4 to 1; 14 → 28: 9 to 1" in figures.decoder_coverage(FLAT).alt
    even = Flat()
    even.first, even.second = (nn.ConvTranspose2d(1, 1, 4, 2, 1) for _ in range(2))
    assert "7 → 14: 1 to 1; 14 → 28: 1 to 1" in figures.decoder_coverage(even).alt


def test_coverage_starts_anew_where_something_else_changes_the_size():
    model = Flat()
    model.second = nn.Sequential(nn.Upsample(scale_factor=2), nn.ConvTranspose2d(1, 1, 3, 1, 1))
    assert "7 → 14: 4 to 1; 28 → 28: 1 to 1" in figures.decoder_coverage(model).alt


def test_coverage_follows_dilation_and_output_size():
    class Given(Flat):
        def decode(self, z):
            small = self.back(z).reshape(-1, 1, 7, 7)
            return self.second(self.first(small, output_size=[15, 15]))

    model = Given()
    model.first = nn.ConvTranspose2d(1, 1, 3, 2, 1, dilation=2)
    model.second = nn.ConvTranspose2d(1, 1, 14)
    assert "7 → 15: " in (alt := figures.decoder_coverage(model).alt)
    assert "15 → 28: 1 to 1" not in alt


def test_only_pixels_that_there_were_are_cut(monkeypatch):
    drawn = []
    pixel = convolution._pixel
    monkeypatch.setattr(
        convolution,
        "_pixel",
        lambda axes, x, y, colour, text, **kw: (
            drawn.append(text),
            pixel(axes, x, y, colour, text, **kw),
        ),
    )
    alt = figures.transposed_convolution(7, 3, 2, padding=1, output_padding=1).alt
    assert drawn.count("cut") == 1
    assert "padding cuts 1 at the left and 0 at the right" in alt


def test_names_of_digits_on_a_map_do_not_hide_each_other():
    apart = maps._pushed_apart(maps.np.zeros((10, 2)), 1.0)
    distances = torch.cdist(*(torch.tensor(apart),) * 2) + 10 * torch.eye(10)
    assert float(distances.min()) > 0.9


def test_the_kl_of_every_epoch_lies_inside_its_axes():
    kl = [40.0, 219.0, 24.0]
    history = training.History({"loss": kl, "recon": kl, "kl": kl, "beta": [0.0, 0.5, 1.0]})
    axes = figures.loss_parts(history).axes[1]
    low, high = axes.get_ylim()
    for line in axes.lines:
        assert all(low <= value <= high for value in line.get_ydata())


def test_headings_are_as_many_as_columns():
    assert "The columns: a; b." in figures.digit_grid(PICTURES, columns=2, headings=("a", "b")).alt
    with pytest.raises(ValueError, match="3 headings for 2 columns"):
        figures.digit_grid(PICTURES, columns=2, headings=("a", "b", "c"))


def test_impossible_layers_and_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="smaller than stride"):
        figures.transposed_convolution(output_padding=2, stride=2)
    with pytest.raises(ValueError, match=r"expected pictures of shape \(n, 1, 28, 28\), got"):
        figures.digit_grid(torch.zeros(3, 3, 28, 28))
    with pytest.raises(ValueError, match="2 originals, 3 reconstructions"):
        figures.reconstructions(PICTURES[:2], PICTURES[:3])
