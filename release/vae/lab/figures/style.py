"""One look for every figure: the Okabe-Ito colours, sizes that read well at notebook width."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

P = ParamSpec("P")

# Okabe & Ito's palette: told apart with every common kind of colour blindness.
BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
RED: Final = "#D55E00"
PINK: Final = "#CC79A7"
GREY: Final = "#6E6E6E"
PALE: Final = "#F2F2F2"

WIDTH: Final = 9.0  # inches; with DPI, 900 pixels: a notebook's cell on a laptop
DPI: Final = 100

_STYLE: Final = {
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": "#DDDDDD",
    "legend.frameon": False,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
}


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw in the kit's style, whatever style the notebook has set.

    The figure is taken off pyplot's list: a notebook would otherwise show it twice, once as the
    cell's value and once as an open figure.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with plt.style.context(["default", _STYLE]):
            figure = draw(*args, **kwargs)
        plt.close(figure)
        return figure

    return drawn


def figure(height: float, title: str = "") -> Figure:
    """Return an empty figure of the notebook's width, with a title over everything."""
    layout = ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.04)
    made = plt.figure(figsize=(WIDTH, height), layout=layout)
    if title:
        made.suptitle(title, fontsize=13, fontweight="bold")
    return made


def canvas(made: Figure, width: float, height: float) -> Axes:
    """Return axes to draw a diagram on: no frame, equal scales, ``(0, 0)`` at the lower left."""
    axes = made.add_subplot()
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return axes
