"""Draw the expected images beside those that the answer gave."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from . import figure_style
from .figure_style import DescribedFigure
from .outcomes import ImagePair

__all__ = ["html"]


def html(pair: ImagePair) -> str:
    """Return HTML that shows both groups of images, with a description in words."""
    return _draw(pair)._repr_html_()


@figure_style.styled
def _draw(pair: ImagePair) -> DescribedFigure:
    """Draw two groups of images at one scale, so that their sizes can be compared."""
    count = min(3, len(pair.got)) if pair.expected is None else len(pair.got)
    wanted_height, wanted_width = pair.size
    height, width = pair.got.shape[-2:]
    wanted, size = f"{wanted_width} × {wanted_height}", f"{width} × {height}"
    alt = (
        f"Left, what was expected: pictures of {wanted} pixels. Right, what came: "
        f"{count} of {size} pixels."
    )
    figure = figure_style.figure(1.9, "Expected, and what came", alt)
    left, _, right = figure.subfigures(1, 3, squeeze=False, width_ratios=(12, 1, 12))[0]
    extent = max(wanted_height, wanted_width, height, width)
    sizes = (f": {wanted}", f": {size}") if size != wanted else ("", "")
    left.suptitle(f"expected{sizes[0]}", fontsize=11)
    right.suptitle(f"got{sizes[1]}", fontsize=11)
    grids = [part.subplots(1, count, squeeze=False)[0] for part in (left, right)]
    for column in range(count):
        expected, got = (grid[column] for grid in grids)
        if pair.expected is not None:
            expected.imshow(pair.expected[column], vmin=0, vmax=1, cmap="gray")
        got.imshow(pair.got[column], vmin=0, vmax=1, cmap="gray")
        for axes in (expected, got):
            _frame(axes, extent, wanted_height, wanted_width)
    return figure


def _frame(axes: Axes, extent: int, height: int, width: int) -> None:
    """Draw the expected size of an image as a dashed frame, and hide the axes."""
    axes.add_patch(
        Rectangle(
            (-0.5, -0.5), width, height, fill=False, edgecolor=figure_style.ORANGE, linestyle="--"
        )
    )
    axes.set(xlim=(-1.5, extent + 0.5), ylim=(extent + 0.5, -1.5), aspect="equal")
    axes.axis("off")
