"""Maps of the latent space: where the means of all digits lie, and which dimensions are used."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import torch
from torch import Tensor

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.digits import draw_rows

# No ten colours can be told apart by everyone, so the digit itself is the marker.
COLOURS: Final = (
    figure_style.BLACK, figure_style.BLUE, figure_style.ORANGE, figure_style.GREEN,
    figure_style.PINK, figure_style.SKY, figure_style.RED, figure_style.GREY, "#8C6D00", "#004D80",
)  # fmt: skip
USED: Final = 0.1  # nats; a latent dimension with less is hardly used
ACROSS, UP = 8.0, 5.4  # inches that the map is wide and high
GLYPH: Final = 0.125  # inches; of two digits nearer than this, the second is drawn as a dot
MEDALLION: Final = 0.31  # inches; as near as two names of digits may be


@figure_style.styled
def latent_map(
    mu: Tensor, labels: Tensor, title: str = "Where the encoder puts the digits"
) -> DescribedFigure:
    """Draw the mean of each picture in a plane, as the digit that it shows.

    Codes of more than two dimensions are projected on their first two principal components.

    Args:
        mu: Means, ``(n, latent_dim)``, latent_dim at least 2.
        labels: The digit that each picture shows, ``(n,)``.
        title: The title of the figure.
    """
    points, names = _plane(mu.detach())
    seen = sorted({int(label) for label in labels})
    alt = f"""A map of {len(points)} pictures: at the mean of each posterior stands the digit that
        the picture shows, or a dot where digits would overlap. Each digit has a colour.
        {_purity(points, labels)} {_neighbours(points, labels, seen)}"""
    figure = figure_style.figure(6.4, title, alt)
    axes = figure.add_subplot()
    low, high = points.min(axis=0), points.max(axis=0)
    inch = max((high - low) / (ACROSS, UP)) * 1.04 or 1.0  # in units of the latent space
    drawn = _spread_out(points, GLYPH * inch)
    for digit in seen:
        own = (labels == digit).numpy()
        glyphs, dots = points[own & drawn], points[own & ~drawn]
        axes.plot(*dots.T, ".", color=COLOURS[digit], markersize=2.5, alpha=0.5, zorder=1)
        axes.scatter(
            glyphs[:, 0],
            glyphs[:, 1],
            marker=f"${digit}$",
            color=COLOURS[digit],
            s=52,
            linewidths=0.3,
        )
    middles = np.array([_thickest(points[(labels == digit).numpy()]) for digit in seen])
    places = _pushed_apart(middles, MEDALLION * inch)
    for digit, middle, place in zip(seen, middles, places, strict=True):
        axes.plot(*np.array([middle, place]).T, color=COLOURS[digit], linewidth=2, zorder=4)
        ring = {"boxstyle": "circle", "fc": "#FFFFFFD0", "ec": COLOURS[digit], "lw": 1.5}
        axes.text(place[0], place[1], str(digit), fontsize=12, fontweight="bold", ha="center",
                  va="center", color=COLOURS[digit], bbox=ring, zorder=5)  # fmt: skip
    axes.set(xlabel=names[0], ylabel=names[1], aspect="equal")
    axes.set_adjustable("datalim")
    return figure


def _spread_out(points: np.ndarray, distance: float) -> np.ndarray:
    """Say of each point whether it is as far as this from all points chosen before it."""
    chosen = np.zeros(len(points), dtype=bool)
    for i, point in enumerate(points):
        apart = np.linalg.norm(points[:i][chosen[:i]] - point, axis=1)
        chosen[i] = bool((apart >= distance).all())
    return chosen


def _pushed_apart(places: np.ndarray, distance: float) -> np.ndarray:
    """Move points until each two are as far apart as this."""
    moved: np.ndarray = (
        places + 1e-6 * distance * np.arange(len(places))[:, None]
    )  # equal points differ now
    for _ in range(200):
        away = moved[:, None] - moved[None]
        apart = np.linalg.norm(away, axis=-1, keepdims=True)
        apart[apart == 0] = np.inf
        push = np.clip(distance - apart, 0, None)
        if not (push > 0.01 * distance).any():
            break
        moved = moved + 0.3 * (away / apart * push).sum(axis=1)
    return moved


def _purity(points: np.ndarray, labels: Tensor) -> str:
    """Say how many pictures lie next to one that shows the same digit."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    same = (labels[apart.argmin(axis=1)] == labels).float().mean()
    return f"{same:.0%} of the pictures lie nearest to one of the same digit."


def _plane(mu: Tensor) -> tuple[np.ndarray, tuple[str, str]]:
    """Return points in a plane, and the names of its two axes."""
    if mu.shape[1] == 2:
        flat: np.ndarray = mu.numpy()
        return flat, ("latent dimension 0", "latent dimension 1")
    centred = (mu - mu.mean(dim=0)).double()
    _, lengths, directions = torch.linalg.svd(centred, full_matrices=False)
    shares = lengths**2 / (lengths**2).sum()
    words = ("first principal component", "second principal component")
    names = [
        f"{word} ({share:.0%} of the variance)" for word, share in zip(words, shares, strict=False)
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
def collapse(
    kl: Mapping[str, Tensor], rows: Mapping[str, Tensor], title: str = "Posterior collapse"
) -> DescribedFigure:
    """Draw the KL of each latent dimension for several models, and their reconstructions.

    Args:
        kl: By model, the KL of each latent dimension, in nats per image.
        rows: Rows of pictures to draw below, by name.
        title: The title of the figure.
    """
    used = {name: int((each > USED).sum()) for name, each in kl.items()}
    sums = "; ".join(
        f"{name}: {used[name]} of {len(each)} dimensions in use, {each.sum():.1f} nats"
        for name, each in kl.items()
    )
    alt = f"""For each model a row of points: the KL of each latent dimension. {sums}. Below,
        pictures: {", ".join(rows)}."""
    figure = figure_style.figure(3.1 + 0.75 * len(rows), title, alt)
    ratios = (2.6, 0.75 * len(rows))
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=ratios)[:, 0]
    axes = above.subplots()
    colours = (figure_style.BLUE, figure_style.RED, figure_style.GREEN)
    for (name, each), colour, marker in zip(kl.items(), colours, "oX^", strict=False):
        busiest = each.sort(descending=True).values.numpy()
        label = f"{name}: {each.sum():.1f} nats, {used[name]} of {len(each)} dimensions in use"
        axes.plot(range(1, len(busiest) + 1), busiest, marker=marker, markersize=7, color=colour,
                  label=label, clip_on=False, linewidth=1)  # fmt: skip
    axes.set(xlabel="latent dimensions, the largest KL first", ylabel="KL, nats per image")
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, axis="y")
    axes.legend()
    draw_rows(below, rows)
    return figure
