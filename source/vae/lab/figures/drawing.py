"""Boxes and arrows for diagrams."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from checkkit import figure_style

Point = tuple[float, float]
Side = Literal["left", "right", "top", "bottom"]


@dataclass(frozen=True)
class Box:
    """A rectangle on the canvas: its centre and its size."""

    x: float
    y: float
    width: float
    height: float

    def side(self, side: Side) -> Point:
        """Return the middle of one side."""
        across = {"left": -0.5, "right": 0.5}.get(side, 0.0) * self.width
        up = {"bottom": -0.5, "top": 0.5}.get(side, 0.0) * self.height
        return self.x + across, self.y + up


def box(
    axes: Axes, place: Box, text: str, *, colour: str, fontsize: float = 11, dashed: bool = False
) -> Box:
    """Draw a rounded box with text; a dashed edge means random, not learned."""
    axes.add_patch(
        FancyBboxPatch(
            (place.x - place.width / 2, place.y - place.height / 2),
            place.width,
            place.height,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=_tint(colour),
            edgecolor=colour,
            linewidth=1.8,
            linestyle="--" if dashed else "-",
        )
    )
    axes.text(place.x, place.y, text, ha="center", va="center", fontsize=fontsize)
    return place


def arrow(
    axes: Axes,
    start: Point,
    end: Point,
    *,
    colour: str = figure_style.BLACK,
    width: float = 1.6,
    curve: float = 0.0,
    dashed: bool = False,
) -> None:
    """Draw an arrow; ``curve`` bends it, to the right if positive."""
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=14,
            shrinkA=2,
            shrinkB=2,
            color=colour,
            linewidth=width,
            linestyle="--" if dashed else "-",
            connectionstyle=f"arc3,rad={curve}",
        )
    )


def bent_arrow(
    axes: Axes, corners: Sequence[Point], *, colour: str = figure_style.BLACK, width: float = 1.6
) -> None:
    """Draw an arrow along straight lines from corner to corner."""
    axes.add_patch(
        FancyArrowPatch(
            path=Path(list(corners)),
            arrowstyle="-|>",
            mutation_scale=14,
            color=colour,
            linewidth=width,
            joinstyle="round",
        )
    )


def chain(axes: Axes, boxes: Sequence[Box]) -> None:
    """Draw an arrow from each box to the next, left to right."""
    for before, after in pairwise(boxes):
        arrow(axes, before.side("right"), after.side("left"))


def note(
    axes: Axes, at: Point, text: str, *, colour: str = figure_style.BLACK, size: float = 10
) -> None:
    """Write text centred at a point."""
    axes.text(*at, text, ha="center", va="center", color=colour, fontsize=size)


def _tint(colour: str, share: float = 0.18) -> tuple[float, float, float]:
    """Return ``colour`` mixed with white, so that black text on it is readable."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue)
