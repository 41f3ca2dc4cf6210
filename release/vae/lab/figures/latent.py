"""The latent space: one cloud, the means of all digits, a decoded plane, unused numbers."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.digits import draw_rows, show

# No ten colours can be told apart by everyone, so the digit itself is the marker.
COLOURS: Final = (
    figure_style.BLACK, figure_style.BLUE, figure_style.ORANGE, figure_style.GREEN,
    figure_style.PINK, figure_style.SKY, figure_style.RED, figure_style.GREY, "#8C6D00", "#004D80",
)  # fmt: skip
USED: Final = 0.1  # nats; a number of the code with less is hardly used


class Decoder(Protocol):
    """A model that decodes codes."""

    def decode(self, z: Tensor) -> Tensor:
        """Return pictures ``(n, 1, 28, 28)`` for codes ``(n, latent_dim)``."""


@figure_style.styled
def draws_of_one_picture(
    model: Decoder, x: Tensor, mu: Tensor, z: Tensor, title: str = "One picture, many draws"
) -> DescribedFigure:
    """Draw codes of one picture with and without noise, and the pictures decoded from them.

    Args:
        model: A model with ``decode``.
        x: The picture, ``(1, 28, 28)``.
        mu: The centre of its cloud, ``(1, latent_dim)``: the code without noise.
        z: Draws from its cloud, ``(n, latent_dim)``; a few hundred look best.
        title: The title of the figure.
    """
    count = min(8, len(z))
    with torch.no_grad():
        still = model.decode(mu).expand(count, 1, 28, 28)
        moving = model.decode(z[:count])
    alt = f"""Left, {len(z)} draws of z as points round mu, in the number of the code that varies
        least and the one that varies most, with the prior as a dotted ring. Right, rows of decoded
        pictures: without noise {count} times the same, with noise {count} that differ a little,
        above them the original."""
    figure = figure_style.figure(3.4, title, alt)
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=(2, 3))[0]
    _cloud(left.subplots(), mu.detach(), z.detach())
    blank = torch.ones(count - 1, 28, 28)
    draw_rows(right, {
        "original": torch.cat([x.reshape(1, 28, 28), blank]),
        "without\nnoise": still,
        "with\nnoise": moving,
    })  # fmt: skip
    for axes in right.axes[1:count]:
        axes.axis("off")
    return figure


def _cloud(axes: Axes, mu: Tensor, z: Tensor) -> None:
    """Plot draws in the number of the code that varies least and the one that varies most."""
    order = z.std(dim=0).argsort().tolist()
    one, two = order[0], order[-1]
    around = torch.linspace(0, 2 * torch.pi, 100)
    axes.plot(2 * around.cos(), 2 * around.sin(), ":", color=figure_style.GREY, label="prior, 2σ")
    axes.plot(
        *z[:, [one, two]].T.numpy(), ".", color=figure_style.BLUE, alpha=0.5, label="z with noise"
    )
    axes.plot(*mu[0, [one, two]].numpy(), "X", color=figure_style.RED, markersize=11,
              markeredgecolor="white", label="mu, without noise")  # fmt: skip
    axes.set(xlabel=f"number {one} of the code", ylabel=f"number {two}", aspect="equal")
    axes.set(xlim=(-4.2, 4.2), ylim=(-3.4, 4.6))
    axes.legend(loc="upper left", fontsize=8, handletextpad=0.3, ncols=2, columnspacing=0.8)


@figure_style.styled
def latent_map(
    mu: Tensor, labels: Tensor, title: str = "Where the encoder puts the digits"
) -> DescribedFigure:
    """Draw the mean of each picture in a plane, as the digit that it shows.

    Codes of more than two numbers are projected on their first two principal components.

    Args:
        mu: Means, ``(n, latent_dim)``, latent_dim at least 2.
        labels: The digit that each picture shows, ``(n,)``.
        title: The title of the figure.
    """
    points, names = _plane(mu.detach())
    seen = sorted({int(label) for label in labels})
    alt = f"""{len(points)} small digits, each at the mean of a picture's cloud, in a colour for
        each digit. {_neighbours(points, labels, seen)}"""
    figure = figure_style.figure(6.4, title, alt)
    axes = figure.add_subplot()
    for digit in seen:
        own = points[(labels == digit).numpy()]
        axes.scatter(
            own[:, 0], own[:, 1], marker=f"${digit}$", color=COLOURS[digit], s=34, linewidths=0.3
        )
    for digit in seen:
        middle = _thickest(points[(labels == digit).numpy()])
        ring = {"boxstyle": "circle", "fc": "white", "ec": COLOURS[digit]}
        axes.text(middle[0], middle[1], str(digit), fontsize=15, fontweight="bold", ha="center",
                  va="center", color=COLOURS[digit], bbox=ring)  # fmt: skip
    axes.set(xlabel=names[0], ylabel=names[1], aspect="equal")
    axes.set_adjustable("datalim")
    return figure


def _plane(mu: Tensor) -> tuple[np.ndarray, tuple[str, str]]:
    """Return points in a plane, and the names of its two axes."""
    if mu.shape[1] == 2:
        flat: np.ndarray = mu.numpy()
        return flat, ("first number of the code", "second number of the code")
    centred = (mu - mu.mean(dim=0)).double()
    _, lengths, directions = torch.linalg.svd(centred, full_matrices=False)
    shares = lengths**2 / (lengths**2).sum()
    words = ("widest direction", "second widest")
    names = [
        f"{word} ({share:.0%} of the spread)" for word, share in zip(words, shares, strict=False)
    ]
    projected: np.ndarray = (centred @ directions[:2].T).numpy()
    return projected, (names[0], names[1])


def _thickest(points: np.ndarray) -> np.ndarray:
    """Return the point in the densest place; a mean fails for digits in two places or in a ring."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    few = max(1, len(points) // 4)
    place: np.ndarray = points[np.sort(apart, axis=1)[:, :few].mean(axis=1).argmin()]
    return place


def _neighbours(points: np.ndarray, labels: Tensor, seen: list[int]) -> str:
    """Describe which two digits are nearest to each other, and which furthest apart."""
    if len(seen) < 2:
        return ""
    middles = {d: _thickest(points[(labels == d).numpy()]) for d in seen}
    apart = {
        (a, b): float(np.linalg.norm(middles[a] - middles[b])) for a in seen for b in seen if a < b
    }
    near, far = min(apart, key=apart.__getitem__), max(apart, key=apart.__getitem__)
    return f"Nearest to each other are {near[0]} and {near[1]}, furthest {far[0]} and {far[1]}."


@figure_style.styled
def manifold(
    model: Decoder, n: int = 15, title: str = "The whole plane of codes, decoded"
) -> DescribedFigure:
    """Decode a grid of two-number codes, spaced at equal probabilities of the prior.

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
    alt = f"""{n} by {n} decoded pictures. From left to right the first number of the code goes
        through the percentiles of the prior, from {numbers[0]:.1f} to {numbers[-1]:.1f}, from
        bottom to top the second. Each digit changes smoothly into its neighbours."""
    figure = figure_style.figure(7.6, title, alt)
    axes = figure.add_subplot()
    show(axes, whole.cpu())
    marked = [0, n // 4, n // 2, n - 1 - n // 4, n - 1]
    places = [28 * i + 14 for i in marked]
    names = [f"{percentiles[i]:.0%}\n(z = {numbers[i]:.1f})" for i in marked]
    axes.set_xticks(places, names)
    axes.set_yticks([28 * n - place for place in places], names)
    axes.set(xlabel="first number: percentile of the prior", ylabel="second number")
    return figure


@figure_style.styled
def traversal(
    model: Decoder,
    latent_dim: int,
    numbers: Sequence[int] = (0, 1),
    title: str = "One number at a time",
) -> DescribedFigure:
    """Draw how the picture changes with one number of the code, while the others are 0.

    Args:
        model: A model with ``decode``.
        latent_dim: The length of a code.
        numbers: The numbers to change, one row for each.
        title: The title of the figure.
    """
    values = torch.linspace(-2.5, 2.5, 11)
    z = torch.zeros(len(numbers), len(values), latent_dim)
    for row, number in enumerate(numbers):
        z[row, :, number] = values
    with torch.no_grad():
        images = model.decode(z.flatten(0, 1)).cpu()
    alt = f"""{len(numbers)} rows of {len(values)} decoded pictures. In each row one number of the
        code goes from −2.5 to 2.5 and the others are 0."""
    figure = figure_style.figure(
        0.8 + len(numbers) * figure_style.WIDTH / (len(values) + 1), title, alt
    )
    rows = images.reshape(len(numbers), len(values), 1, 28, 28)
    draw_rows(figure, {f"number {n}": row for n, row in zip(numbers, rows, strict=True)})
    for axes, value in zip(figure.axes[-len(values) :], values.tolist(), strict=True):
        axes.set_xlabel(f"{value:g}", fontsize=10)
    return figure


@figure_style.styled
def collapse(
    kl: Mapping[str, Tensor], rows: Mapping[str, Tensor], title: str = "Posterior collapse"
) -> DescribedFigure:
    """Draw the KL of each number of the code for several models, and their reconstructions.

    Args:
        kl: By model, the KL of each number of the code, in nats per image.
        rows: Rows of pictures to draw below, by name.
        title: The title of the figure.
    """
    sums = "; ".join(
        f"{name}: {int((each > USED).sum())} of {len(each)} numbers in use, {each.sum():.1f} nats"
        for name, each in kl.items()
    )
    alt = f"Bars: the KL of each number of the code. {sums}. Below, pictures: {', '.join(rows)}."
    figure = figure_style.figure(2.9 + 0.75 * len(rows), title, alt)
    ratios = (2.4, 0.75 * len(rows))
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=ratios)[:, 0]
    panels = above.subplots(1, len(kl), sharey=True, squeeze=False)[0]
    for axes, (name, each), colour in zip(
        panels, kl.items(), (figure_style.BLUE, figure_style.RED), strict=False
    ):
        bars = each.sort(descending=True).values
        axes.bar(range(1, len(bars) + 1), bars.numpy(), color=colour)
        axes.set_title(f"{name}: kl = {each.sum():.1f} nats")
        axes.set(xlabel="numbers of the code, the busiest first")
    panels[0].set_ylabel("nats per image")
    draw_rows(below, rows)
    return figure
