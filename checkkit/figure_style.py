"""One style for every figure: Okabe-Ito colours, sizes that are readable at notebook width.

Every figure has a description in words, for screen readers.
"""

import io
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from html import escape
from typing import Any, Final, ParamSpec

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

__all__ = ["DescribedFigure", "canvas", "figure", "styled"]

P = ParamSpec("P")

# Okabe & Ito's palette: distinguishable with every common kind of colour blindness.
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

WIDTH: Final = 9.0  # inches; 900 pixels at DPI, the width of a notebook's cell on a laptop
DPI: Final = 100
SHARPNESS: Final = 2  # file pixels per page pixel, along each side: for high-resolution screens

_STYLE: Final = {
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",  # part of matplotlib, so that every machine draws the same
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


class DescribedFigure(Figure):
    """A figure with a description in words.

    A notebook shows it as an HTML image: the one form in which every program that shows notebooks
    keeps the description.

    Attributes:
        alt: What the figure shows, in one to three sentences.
    """

    alt: str = ""

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        with plt.style.context(["default", _STYLE]):
            self.savefig(buffer, format="png", dpi=SHARPNESS * DPI)
        pixels = b64encode(buffer.getvalue()).decode()
        # A white background: a dark notebook would show dark letters on a dark background.
        return (
            f'<img alt="{escape(self.alt)}" width="{round(WIDTH * DPI)}" '
            'style="max-width:100%;height:auto;background:white" '
            f'src="data:image/png;base64,{pixels}">'
        )

    def _ipython_display_(self, **_unused: Any) -> None:  # noqa: ANN401 - IPython's to choose
        from IPython.display import display

        shown = {"text/html": self._repr_html_(), "text/plain": self.alt}
        display(shown, raw=True)  # type: ignore[no-untyped-call, unused-ignore]


def styled(draw: Callable[P, DescribedFigure]) -> Callable[P, DescribedFigure]:
    """Make a function draw in this style, whatever style the notebook has set.

    The figure is removed from pyplot's list. A notebook would otherwise show it twice: as the
    cell's value and as an open figure.

    Raises:
        ValueError: If the figure has no title, or no description in words.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> DescribedFigure:
        with plt.style.context(["default", _STYLE]):
            made = draw(*args, **kwargs)
        plt.close(made)
        if not (made.alt and made.get_suptitle()):
            raise ValueError(f"{draw.__name__}: a figure needs a title and a description in words")
        return made

    return drawn


def figure(height: float, title: str, alt: str) -> DescribedFigure:
    """Return an empty figure of the notebook's width.

    Args:
        height: In inches.
        title: Shown above everything else.
        alt: What the figure shows, in words.
    """
    layout = ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.04)
    made = plt.figure(FigureClass=DescribedFigure, figsize=(WIDTH, height), layout=layout)
    assert isinstance(made, DescribedFigure)
    made.alt = " ".join(alt.split())
    made.suptitle(title, fontsize=13, fontweight="bold")
    return made


def canvas(made: Figure, width: float, height: float) -> Axes:
    """Return axes for a diagram: no frame, equal scales, ``(0, 0)`` at the lower left."""
    axes = made.add_subplot()
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return axes
