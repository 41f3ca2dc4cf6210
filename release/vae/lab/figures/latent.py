"""The latent space, decoded: samples of one posterior, a plane, one dimension at a time."""

from collections.abc import Sequence
from typing import Protocol

import torch
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from torch import Tensor

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.digits import draw_rows, show


class Decoder(Protocol):
    """A model that decodes codes."""

    def decode(self, z: Tensor) -> Tensor:
        """Return pictures ``(n, 1, 28, 28)`` for codes ``(n, latent_dim)``."""


@figure_style.styled
def samples_of_one_picture(
    model: Decoder, x: Tensor, mu: Tensor, z: Tensor, title: str = "One picture, many samples"
) -> DescribedFigure:
    """Draw samples of one posterior, the pictures decoded from them, and what changes in these.

    Args:
        model: A model with ``decode``.
        x: The picture, ``(1, 28, 28)``.
        mu: The mean of its posterior, ``(1, latent_dim)``: the code without noise.
        z: Samples from its posterior, ``(n, latent_dim)``; a few hundred look best.
        title: The title of the figure.
    """
    count = min(8, len(z))
    with torch.no_grad():
        still = model.decode(mu).cpu().reshape(1, 28, 28)
        moving = model.decode(z[:count]).cpu().reshape(count, 28, 28)
    change = moving - still
    most = max(float(change.abs().max()), 1e-6)
    alt = f"""Left, {len(z)} samples of z round mu. The horizontal axis is the latent dimension of
        the smallest σ, the vertical one that of the largest; a dotted ring is the prior. Right, the
        original, the picture decoded from mu, {count} decoded from samples, and their differences
        from it: at most {most:.2f} in a pixel, {change.abs().mean():.3f} on average."""
    figure = figure_style.figure(3.8, title, alt)
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=(2, 3))[0]
    _posterior(left.subplots(), mu.detach().cpu(), z.detach().cpu())
    _differences(right, torch.cat([x.detach().cpu().reshape(1, 28, 28), still]), moving, change)
    return figure


def _differences(figure: FigureBase, first: Tensor, moving: Tensor, change: Tensor) -> None:
    """Draw two pictures in the first row, samples in the second, differences in the third."""
    grid = figure.subplots(3, len(moving), squeeze=False)
    for axes in grid[0]:
        axes.axis("off")
    for axes, picture, name in zip(grid[0], first, ("original", "from mu"), strict=False):
        axes.axis("on")
        show(axes, picture)
        axes.set_title(name, fontsize=9)
    most = max(float(change.abs().max()), 1e-6)
    for column, (picture, differs) in enumerate(zip(moving, change, strict=True)):
        show(grid[1, column], picture)
        show(grid[2, column], torch.zeros(28, 28))
        # Blue where a sample is darker than the picture decoded from mu, red where it is brighter.
        grid[2, column].imshow(differs.numpy(), cmap="RdBu_r", vmin=-most, vmax=most)
    for axes, name in zip(grid[1:, 0], ("from\nsamples", "difference"), strict=True):
        axes.set_ylabel(name, fontsize=10, rotation=0, ha="right", va="center")
    words = f"red: brighter than from mu, blue: darker; full colour = {most:.2f}"
    figure.supxlabel(words, fontsize=9)


def _posterior(axes: Axes, mu: Tensor, z: Tensor) -> None:
    """Plot samples in the latent dimension that varies least and the one that varies most."""
    order = z.std(dim=0).argsort().tolist()
    one, two = order[0], order[-1]
    around = torch.linspace(0, 2 * torch.pi, 100)
    axes.plot(2 * around.cos(), 2 * around.sin(), ":", color=figure_style.GREY, label="prior, 2σ")
    axes.plot(
        *z[:, [one, two]].T.numpy(), ".", color=figure_style.BLUE, alpha=0.5, label="samples of z"
    )
    axes.plot(*mu[0, [one, two]].numpy(), "X", color=figure_style.RED, markersize=11,
              markeredgecolor="white", label="mu, without noise")  # fmt: skip
    axes.set(xlabel=f"latent dimension {one}", ylabel=f"latent dimension {two}", aspect="equal")
    axes.set(xlim=(-4.2, 4.2), ylim=(-3.4, 4.6))
    axes.legend(loc="upper left", fontsize=8, handletextpad=0.3, ncols=2, columnspacing=0.8)


@figure_style.styled
def manifold(
    model: Decoder, n: int = 15, title: str = "The whole latent plane, decoded"
) -> DescribedFigure:
    """Decode a grid of codes of two dimensions, spaced at equal probabilities of the prior.

    Args:
        model: A model with ``latent_dim=2``.
        n: Pictures along each side.
        title: The title of the figure.
    """
    percentiles = (torch.arange(n) + 0.5) / n
    numbers = torch.special.ndtri(percentiles)  # what z is at each percentile of the prior
    down, across = torch.meshgrid(numbers.flip(0), numbers, indexing="ij")
    with torch.no_grad():
        images = model.decode(torch.stack([across, down], dim=-1).reshape(-1, 2))
    whole = images.reshape(n, n, 28, 28).permute(0, 2, 1, 3).reshape(28 * n, 28 * n)
    alt = f"""{n} by {n} decoded pictures. From left to right latent dimension 0 goes
        through the percentiles of the prior, from {numbers[0]:.1f} to {numbers[-1]:.1f}, from
        bottom to top dimension 1. Neighbours differ by {_step(images, n):.3f} a pixel on average,
        two pictures anywhere by {_apart(images):.3f}: digits change smoothly."""
    figure = figure_style.figure(7.6, title, alt)
    axes = figure.add_subplot()
    show(axes, whole.cpu())
    marked = [0, n // 4, n // 2, n - 1 - n // 4, n - 1]
    places = [28 * i + 14 for i in marked]
    names = [f"{percentiles[i]:.0%}\n(z = {numbers[i]:.1f})" for i in marked]
    axes.set_xticks(places, names)
    axes.set_yticks([28 * n - place for place in places], names)
    axes.set(xlabel="latent dimension 0: percentile of the prior", ylabel="latent dimension 1")
    return figure


def _step(images: Tensor, n: int) -> float:
    """Return how much a picture of a grid differs from its neighbour, in a pixel on average."""
    grid = images.reshape(n, n, -1)
    return float((grid[:, 1:] - grid[:, :-1]).abs().mean())


def _apart(images: Tensor) -> float:
    """Return how much two pictures from different places differ, in a pixel on average."""
    order = torch.arange(len(images)).roll(len(images) // 2 + 1)
    return float((images - images[order]).abs().mean())


@figure_style.styled
def traversal(
    model: Decoder,
    latent_dim: int,
    numbers: Sequence[int] = (0, 1),
    title: str = "One latent dimension at a time",
) -> DescribedFigure:
    """Draw how the picture changes with one latent dimension, while the others are 0.

    Args:
        model: A model with ``decode``.
        latent_dim: The length of a code.
        numbers: The latent dimensions to change, one row for each.
        title: The title of the figure.
    """
    values = torch.linspace(-2.5, 2.5, 11)
    z = torch.zeros(len(numbers), len(values), latent_dim)
    for row, number in enumerate(numbers):
        z[row, :, number] = values
    with torch.no_grad():
        images = model.decode(z.flatten(0, 1)).cpu()
    alt = f"""{len(numbers)} rows of {len(values)} decoded pictures. In each row one latent
        dimension goes from −2.5 to 2.5 and the others are 0. From end to end a pixel changes by
        {_ends(images, len(values))} on average."""
    figure = figure_style.figure(
        0.8 + len(numbers) * figure_style.WIDTH / (len(values) + 1), title, alt
    )
    rows = images.reshape(len(numbers), len(values), 1, 28, 28)
    draw_rows(figure, {f"dimension\n{n}": row for n, row in zip(numbers, rows, strict=True)})
    for axes, value in zip(figure.axes[-len(values) :], values.tolist(), strict=True):
        axes.set_xlabel(f"{value:g}", fontsize=10)
    return figure


def _ends(images: Tensor, steps: int) -> str:
    rows = images.reshape(-1, steps, 28 * 28)
    return ", ".join(f"{float(row):.2f}" for row in (rows[:, -1] - rows[:, 0]).abs().mean(dim=1))
