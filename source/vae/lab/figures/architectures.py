"""Diagrams of the three models, with the shape of every layer."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.drawing import Box, arrow, box, chain, note


class Layer(NamedTuple):
    """A box of a diagram: its text, its height on the canvas and its colour."""

    text: str
    height: float
    colour: str


@figure_style.styled
def autoencoder_diagram() -> DescribedFigure:
    """Draw the 784-128-32-128-784 autoencoder."""
    figure = figure_style.figure(
        3.3,
        "An autoencoder: squeeze, then rebuild",
        """Five boxes from left to right: x with 784 pixels, 128 with ReLU, the code z of 32
            numbers, 128 with ReLU, recon_x with 784 pixels after a sigmoid. The boxes up to the
            code are the encoder, those after it the decoder.""",
    )
    axes = figure_style.canvas(figure, 18, 6.2)
    layers = [
        Layer("x\n1×28×28\n= 784", 4.6, figure_style.GREY),
        Layer("128\nReLU", 3.0, figure_style.BLUE),
        Layer("z\n32", 1.5, figure_style.ORANGE),
        Layer("128\nReLU", 3.0, figure_style.GREEN),
        Layer("recon_x\n784 =\n1×28×28", 4.6, figure_style.GREY),
    ]
    _row(axes, layers, xs=(1.6, 5.3, 9.0, 12.7, 16.4), y=3.4)
    _spans(axes, 0.5, (("encoder", 3.4, figure_style.BLUE), ("code", 9.0, figure_style.BLACK)))
    _spans(axes, 0.5, (("decoder", 14.6, figure_style.GREEN),))
    note(axes, (14.55, 3.75), "sigmoid")
    return figure


@figure_style.styled
def dense_vae_diagram() -> DescribedFigure:
    """Draw the dense VAE, 784-512-256 to mu and logvar, and back."""
    figure = figure_style.figure(
        3.5,
        "The dense VAE: the encoder returns a distribution, not a point",
        """The encoder leads from x (784) by 512 and 256 to two boxes side by side, mu and logvar,
            16 numbers each. Both lead to one z, and the decoder from z by 256 and 512 to recon_x
            (784).""",
    )
    axes = figure_style.canvas(figure, 20, 7)
    before = [
        Layer("x\n784", 5.0, figure_style.GREY),
        Layer("512\nReLU", 3.8, figure_style.BLUE),
        Layer("256\nReLU", 2.8, figure_style.BLUE),
    ]
    after = [
        Layer("256\nReLU", 2.8, figure_style.GREEN),
        Layer("512\nReLU", 3.8, figure_style.GREEN),
        Layer("recon_x\n784", 5.0, figure_style.GREY),
    ]
    left = _row(axes, before, xs=(1.0, 3.6, 6.2), y=3.9, width=1.6)
    right = _row(axes, after, xs=(13.8, 16.4, 19.0), y=3.9, width=1.6)
    _posterior(axes, left[-1], right[0], "16")
    _spans(
        axes,
        0.6,
        (("encoder", 3.6, figure_style.BLUE), ("posterior and sample", 10.2, figure_style.BLACK)),
    )
    _spans(axes, 0.6, (("decoder", 16.4, figure_style.GREEN),))
    return figure


@figure_style.styled
def conv_vae_diagram() -> DescribedFigure:
    """Draw a convolutional VAE, with its feature maps as images."""
    figure = figure_style.figure(
        3.7,
        "A convolutional VAE: shapes on the way, for one picture",
        """Convolutions shrink x from 1×28×28 to 14×14 and to 7×7 with as many channels as you like.
        The maps are flattened; two linear layers make mu and logvar, latent_dim numbers each; z is
        sampled. A linear layer and a reshape make maps of 7×7 again, and transposed convolutions
        grow them to 14×14 and to recon_x, 1×28×28.""",
    )
    axes = figure_style.canvas(figure, 20, 7.4)
    before = [
        Layer("x\n1×28×28", 5.0, figure_style.GREY),
        Layer("?×14×14", 3.4, figure_style.BLUE),
        Layer("?×7×7", 2.2, figure_style.BLUE),
    ]
    after = [
        Layer("?×7×7", 2.2, figure_style.GREEN),
        Layer("?×14×14", 3.4, figure_style.GREEN),
        Layer("recon_x\n1×28×28", 5.0, figure_style.GREY),
    ]
    left = _row(axes, before, xs=(1.1, 3.8, 6.4), y=4.3, width=1.95)
    right = _row(axes, after, xs=(13.6, 16.2, 18.9), y=4.3, width=1.95)
    _posterior(axes, left[-1], right[0], "latent_dim")
    _spans(axes, 1.15, (("Conv2d", 3.6, figure_style.BLUE),))
    _spans(axes, 1.15, (("flatten,\nLinear", 7.7, figure_style.BLUE),))
    _spans(axes, 1.15, (("sample", 10.3, figure_style.BLACK),))
    _spans(axes, 1.15, (("Linear,\nreshape", 12.5, figure_style.GREEN),))
    _spans(axes, 1.15, (("ConvTranspose2d", 16.6, figure_style.GREEN),))
    note(axes, (10, 0.2), "? : as many channels as you like", colour=figure_style.GREY)
    return figure


def _row(
    axes: Axes, layers: Sequence[Layer], xs: Sequence[float], y: float, width: float = 2.0
) -> list[Box]:
    boxes = [
        box(axes, Box(x, y, width, layer.height), layer.text, colour=layer.colour, fontsize=10)
        for x, layer in zip(xs, layers, strict=True)
    ]
    chain(axes, boxes)
    return boxes


def _posterior(axes: Axes, before: Box, after: Box, size: str) -> None:
    """Draw the middle of a VAE: two heads, and the sample from their distribution."""
    y = before.y
    heads = {name: Box(9.1, y + up, 2.0, 1.3) for name, up in (("mu", 1.3), ("logvar", -1.3))}
    z = box(axes, Box(11.6, y, 1.2, 1.5), "z", colour=figure_style.ORANGE)
    for name, head in heads.items():
        box(axes, head, f"{name}\n{size}", colour=figure_style.ORANGE, fontsize=10)
        arrow(axes, before.side("right"), head.side("left"))
        arrow(axes, head.side("right"), z.side("left"))
    arrow(axes, z.side("right"), after.side("left"))


def _spans(axes: Axes, y: float, names: Sequence[tuple[str, float, str]]) -> None:
    for name, x, colour in names:
        axes.text(x, y, name, ha="center", va="center", color=colour, fontweight="bold")
