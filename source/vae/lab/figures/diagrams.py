"""Diagrams: from a point to a distribution, the reparameterization trick, the loss."""

from itertools import pairwise
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.drawing import Box, arrow, bent_arrow, box, note

CODES: Final = (  # three digits in a plane: centre, colour
    ((-1.15, -0.75), figure_style.BLUE),
    ((1.2, -0.6), figure_style.ORANGE),
    ((0.1, 1.15), figure_style.GREEN),
)


@figure_style.styled
def points_and_posteriors() -> DescribedFigure:
    """Draw the latent space of an autoencoder (points) beside that of a VAE (distributions)."""
    figure = figure_style.figure(
        4.1,
        "From one code to a distribution of codes",
        """Two latent spaces as planes. Left, an autoencoder: three groups of points with wide gaps,
        and a random code, a cross, falls into a gap. Right, a VAE: every picture has a posterior,
        drawn as an ellipse; the ellipses overlap, and the same random code lies inside some.""",
    )
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    left.set_title("Autoencoder: one point for each picture")
    right.set_title("VAE: one posterior q(z|x) for each picture")
    rng = np.random.default_rng(3)
    for (x, y), colour in CODES:
        points = np.array([1.6 * x, 1.6 * y]) + 0.3 * rng.standard_normal((9, 2))
        left.scatter(*points.T, color=colour, s=28)
        for px, py in np.array([x, y]) + 0.45 * rng.standard_normal((9, 2)):
            right.add_patch(Ellipse((px, py), 1.5, 1.3, color=colour, alpha=0.13, linewidth=0))
            right.plot(px, py, ".", color=colour, markersize=5)
    for axes, words in ((left, "what should it show?"), (right, "inside some posteriors")):
        axes.plot(0, -0.1, "x", color=figure_style.RED, markersize=12, markeredgewidth=3)
        axes.annotate(f"a random code:\n{words}", (0, -0.28), (0, -2.25), ha="center", va="top",
                      arrowprops={"arrowstyle": "->"})  # fmt: skip
        axes.set(xlim=(-3, 3), ylim=(-3.2, 2.8), xticks=[], yticks=[], aspect="equal")
        axes.set(xlabel="latent dimension 0", ylabel="latent dimension 1")
    return figure


@figure_style.styled
def reparameterization_diagram() -> DescribedFigure:
    """Draw the trick: gradients flow back through mu and logvar, not through eps."""
    figure = figure_style.figure(
        4.4,
        "The reparameterization trick: where the gradient flows",
        """The encoder leads to mu and to logvar, logvar to σ. mu, σ and eps, sampled from N(0, I),
        meet in z = mu + σ · eps, which leads to decoder and loss. Thick arrows show the gradient
        coming back from the loss through z to mu, σ, logvar and the encoder; the one from z to eps
        is dashed and crossed out: eps depends on no parameter.""",
    )
    axes = figure_style.canvas(figure, 20, 9.4)
    encoder = box(axes, Box(2.3, 6.3, 2.8, 2.2), "encoder", colour=figure_style.BLUE)
    mu = box(axes, Box(6.8, 7.7, 2.2, 1.4), "mu", colour=figure_style.SKY)
    logvar = box(axes, Box(6.8, 4.9, 2.2, 1.4), "logvar", colour=figure_style.SKY)
    sigma = box(axes, Box(10.5, 4.9, 1.8, 1.4), "σ", colour=figure_style.SKY)
    eps = box(axes, Box(14.1, 1.6, 4.2, 1.6), "eps ~ N(0, I)\nthe noise", colour=figure_style.GREY,
              dashed=True)  # fmt: skip
    z = box(
        axes, Box(14.1, 6.3, 2.4, 2.0), "z =\nmu + σ · eps", colour=figure_style.SKY, fontsize=10
    )
    decoder = box(axes, Box(18.1, 6.3, 2.8, 2.2), "decoder\nand loss", colour=figure_style.GREEN)
    for start, end in (
        (encoder.side("right"), mu.side("left")),
        (encoder.side("right"), logvar.side("left")),
        (mu.side("right"), z.side("left")),
        (logvar.side("right"), sigma.side("left")),
        (sigma.side("right"), z.side("left")),
        ((13.6, 2.4), (13.6, 5.3)),
        (z.side("right"), decoder.side("left")),
    ):
        arrow(axes, start, end)
    _gradients(axes)
    _no_gradient(axes, eps)
    _key(axes)
    return figure


def _gradients(axes: Axes) -> None:
    """Draw the path of the gradient above the arrows of the forward pass."""
    for start, end, curve in (
        ((16.7, 7.0), (15.35, 7.0), 0.0),
        ((13.0, 7.35), (7.95, 8.2), 0.12),
        ((13.0, 5.5), (11.45, 4.7), -0.1),
        ((9.55, 4.45), (7.95, 4.45), 0.0),
        ((5.65, 8.1), (3.5, 7.45), 0.12),
        ((5.65, 4.5), (3.5, 5.15), -0.12),
    ):
        arrow(axes, start, end, colour=figure_style.RED, width=2.4, curve=curve)


def _no_gradient(axes: Axes, eps: Box) -> None:
    x = eps.x + 0.5
    arrow(axes, (x, 5.3), (x, eps.side("top")[1]), colour=figure_style.RED, width=2.0, dashed=True)
    axes.plot(x, 3.9, "x", color=figure_style.RED, markersize=17, markeredgewidth=4)
    note(axes, (17.6, 3.9), "no gradient here:\neps has no parameters", colour=figure_style.RED)


def _key(axes: Axes) -> None:
    arrow(axes, (0.6, 2.4), (2.0, 2.4))
    axes.text(2.3, 2.4, "values, forward", va="center", fontsize=10)
    arrow(axes, (2.0, 1.5), (0.6, 1.5), colour=figure_style.RED, width=2.4)
    axes.text(2.3, 1.5, "gradient, backward", va="center", fontsize=10, color=figure_style.RED)


@figure_style.styled
def loss_diagram() -> DescribedFigure:
    """Draw the two parts of the loss, and what each is computed from."""
    figure = figure_style.figure(
        3.9,
        "The loss: look like x, and stay near the prior",
        """x goes through encoder, mu and logvar, z and decoder to recon_x. Below, kl takes mu and
        logvar and asks how far they are from N(0, I); recon takes recon_x and the original x and
        asks how unlike they are. Both lead to total = recon + beta · kl.""",
    )
    axes = figure_style.canvas(figure, 20, 8.4)
    x = box(axes, Box(1.3, 6.7, 1.8, 1.5), "x", colour=figure_style.GREY)
    encoder = box(axes, Box(4.5, 6.7, 2.6, 1.7), "encoder", colour=figure_style.BLUE)
    posterior = box(axes, Box(8.5, 6.7, 3.0, 1.7), "mu, logvar", colour=figure_style.ORANGE)
    z = box(axes, Box(11.8, 6.7, 1.4, 1.5), "z", colour=figure_style.SKY)
    decoder = box(axes, Box(14.9, 6.7, 2.6, 1.7), "decoder", colour=figure_style.GREEN)
    recon_x = box(axes, Box(18.5, 6.7, 2.3, 1.5), "recon_x", colour=figure_style.GREY)
    row = (x, encoder, posterior, z, decoder, recon_x)
    for before, after in pairwise(row):
        arrow(axes, before.side("right"), after.side("left"))
    kl = box(axes, Box(8.5, 3.2, 4.6, 1.7), "kl\nhow far from N(0, I)?", colour=figure_style.RED)
    recon = box(axes, Box(16.5, 3.2, 5.4, 1.7), "recon (BCE)\nhow unlike the picture?",
                colour=figure_style.BLUE)  # fmt: skip
    box(axes, Box(12.5, 0.8, 7.4, 1.2), "total = recon + beta · kl", colour=figure_style.BLACK)
    arrow(axes, posterior.side("bottom"), kl.side("top"), colour=figure_style.RED)
    arrow(axes, recon_x.side("bottom"), (18.5, recon.side("top")[1]), colour=figure_style.BLUE)
    arrow(axes, kl.side("bottom"), (10.4, 1.4), colour=figure_style.RED)
    arrow(axes, recon.side("bottom"), (14.6, 1.4), colour=figure_style.BLUE)
    corners = (x.side("bottom"), (1.3, 5.0), (14.9, 5.0), (14.9, recon.side("top")[1]))
    bent_arrow(axes, corners, colour=figure_style.BLUE)
    note(axes, (4.5, 5.35), "the original, to compare with", colour=figure_style.BLUE)
    return figure
