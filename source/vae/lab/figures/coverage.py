"""How unevenly the kernels of a transposed convolution cover its output: checkerboards."""

from collections.abc import Iterable
from typing import Final

import torch
from matplotlib.axes import Axes
from torch import Tensor, nn

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.stamping import Step, Vae, decoder_steps

KEY: Final = "yellow: the most products that a pixel inside its map has; the darker, the fewer"


@figure_style.styled
def checkerboard(n: int = 7) -> DescribedFigure:
    """Draw how many kernels cover each pixel, for three ways to make pixels four times as many.

    All weights and all inputs are 1, so whatever pattern is there comes from the layer alone.

    Args:
        n: Pixels a side of the input.
    """
    ways = {
        "kernel 3, stride 2": nn.ConvTranspose2d(1, 1, 3, 2, 1, 1, bias=False),
        "kernel 4, stride 2": nn.ConvTranspose2d(1, 1, 4, 2, 1, bias=False),
        "upsample, then\nconvolution of kernel 3": nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(1, 1, 3, padding=1, bias=False)
        ),
    }
    once = {name: coverage([layer], n) for name, layer in ways.items()}
    twice = {name: coverage([layer, layer], n) for name, layer in ways.items()}
    ratios = {name: _unevenness(picture) for name, picture in twice.items()}
    said = "; ".join(f"{' '.join(name.split())}: {ratio:g} to 1" for name, ratio in ratios.items())
    alt = f"""Two rows of three maps: how many products add up in each pixel, after one layer
        ({n} to {2 * n} pixels a side) and after two ({n} to {4 * n}). Away from the edge, kernel 3
        with stride 2 makes a checkerboard; the other two are flat. Most to least, after two layers:
        {said}."""
    figure = figure_style.figure(
        6.5, "How often is each pixel covered? Unevenly, by kernel 3 with stride 2", alt
    )
    rows = figure.subplots(2, len(ways))
    for line, pictures, size in zip(rows, (once, twice), (2 * n, 4 * n), strict=True):
        for axes, (name, picture) in zip(line, pictures.items(), strict=True):
            _map(axes, picture)
            if picture is once[name]:
                axes.set_title(name, fontsize=11)
        line[0].set_ylabel(f"{n} → {size}", fontsize=11)
    figure.supxlabel(KEY, fontsize=10)
    return figure


@figure_style.styled
def decoder_coverage(
    model: Vae, title: str = "How often your decoder covers each pixel, layer by layer"
) -> DescribedFigure:
    """Draw how many products add up in each pixel, after each transposed convolution of a decoder.

    Only the layers' settings matter: all weights and all inputs are 1, with one channel.

    Args:
        model: A model with ``encode`` and ``decode``; the decoder may still be wrong.
        title: The title of the figure.
    """
    steps = decoder_steps(model)
    pictures = [coverage(layers, n) for layers, n in _chains(steps)]
    names = [f"{step.before} → {step.after}" for step in steps]
    said = "; ".join(
        f"{name}: {_unevenness(picture):g} to 1"
        for name, picture in zip(names, pictures, strict=True)
    )
    alt = f"""A map after each transposed convolution: how many products add up in each pixel, where
        all weights and inputs are 1. Most to least, away from the edge: {said}. Where it is 1 to 1
        there is no checkerboard."""
    figure = figure_style.figure(4.1, title, alt)
    row = figure.subplots(1, len(steps), squeeze=False)[0]
    for axes, name, step, picture in zip(row, names, steps, pictures, strict=True):
        _map(axes, picture)
        axes.set_title(f"{name}\nkernel {step.kernel}, stride {step.stride}", fontsize=11)
    figure.supxlabel(KEY, fontsize=10)
    return figure


def _chains(steps: Iterable[Step]) -> Iterable[tuple[list[nn.Module], int]]:
    """Yield, for each step, the layers from which its output comes, and the size they start from.

    Where something else changes the size between two layers, the later one starts a new chain.
    """
    layers: list[nn.Module] = []
    size = start = 0
    for step in steps:
        if step.before != size:
            layers, start = [], step.before
        layers = [*layers, step.alone()]
        size = step.after
        yield layers, start


def coverage(layers: Iterable[nn.Module], n: int) -> Tensor:
    """Return how many products add up in each pixel when layers of one channel work on ones."""
    picture = torch.ones(1, 1, n, n)
    with torch.no_grad():
        for layer in layers:
            for weight in layer.parameters():
                weight.fill_(1.0)
            picture = layer(picture)
    return picture[0, 0]


def _map(axes: Axes, picture: Tensor) -> None:
    middle = _inside(picture)
    axes.imshow(picture.numpy(), cmap="viridis", vmin=0, vmax=float(middle.max()))
    axes.set(xticks=[], yticks=[])
    found = sorted({int(value) for value in middle.flatten().tolist()})
    few = len(found) <= 6
    words = ", ".join(map(str, found)) if few else f"from {found[0]} to {found[-1]}"
    axes.set_xlabel(f"inside: {words}", fontsize=10)


def _inside(picture: Tensor) -> Tensor:
    """Return a picture without what the edge changes."""
    edge = len(picture) // 4
    return picture[edge : len(picture) - edge, edge : len(picture) - edge]


def _unevenness(picture: Tensor) -> float:
    middle = _inside(picture)
    return float(middle.max()) / max(float(middle.min()), 1.0)
