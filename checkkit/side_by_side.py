"""Draw what was expected beside what came, where both are pictures."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from . import figure_style
from .figure_style import Picture
from .outcomes import Pictures

WANTED = 28  # pixels a side of every picture here


@figure_style.styled
def _drawn(pictures: Pictures) -> Picture:
    """Draw two groups of pictures at one scale, so that sizes can be compared."""
    count = min(3, len(pictures.got)) if pictures.expected is None else len(pictures.got)
    height, width = pictures.got.shape[-2:]
    size = f"{width} × {height}"
    alt = (
        f"Left, what was expected: pictures of {WANTED} × {WANTED} pixels. Right, what came: "
        f"{count} of {size} pixels."
    )
    figure = figure_style.figure(1.9, "Expected, and what came", alt)
    left, _, right = figure.subfigures(1, 3, squeeze=False, width_ratios=(12, 1, 12))[0]
    reach = max(WANTED, height, width)
    sizes = (f": {WANTED} × {WANTED}", f": {size}") if size != f"{WANTED} × {WANTED}" else ("", "")
    left.suptitle(f"expected{sizes[0]}", fontsize=11)
    right.suptitle(f"got{sizes[1]}", fontsize=11)
    grids = [part.subplots(1, count, squeeze=False)[0] for part in (left, right)]
    for place in range(count):
        expected, got = (grid[place] for grid in grids)
        if pictures.expected is None:
            _frame(expected, reach, WANTED, WANTED)
        else:
            expected.imshow(pictures.expected[place], vmin=0, vmax=1, cmap="gray")
        got.imshow(pictures.got[place], vmin=0, vmax=1, cmap="gray")
        for axes in (expected, got):
            _frame(axes, reach, WANTED, WANTED)
    return figure


def _frame(axes: Axes, reach: int, height: int, width: int) -> None:
    """Show the size that a picture should have as a dashed frame, and hide the axes."""
    axes.add_patch(
        Rectangle(
            (-0.5, -0.5), width, height, fill=False, edgecolor=figure_style.ORANGE, linestyle="--"
        )
    )
    axes.set(xlim=(-1.5, reach + 0.5), ylim=(reach + 0.5, -1.5), aspect="equal")
    axes.axis("off")


def picture(pictures: Pictures) -> str:
    """Return HTML that shows both, with what they show in words."""
    return _drawn(pictures)._repr_html_()
