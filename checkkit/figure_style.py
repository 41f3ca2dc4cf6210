"""One look for every figure: the Okabe-Ito colours, sizes that read well at notebook width.

Every figure says in words what it shows, too: whoever cannot see it hears that read aloud.
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


class Picture(Figure):
    """A figure with its description in words.

    A notebook shows it as an HTML picture, because that is the one form in which every program that
    shows notebooks passes the description on.

    Attributes:
        alt: What is to be seen, in one to three sentences.
    """

    alt: str = ""

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        with plt.style.context(["default", _STYLE]):
            self.savefig(buffer, format="png", dpi=DPI)
        pixels = b64encode(buffer.getvalue()).decode()
        # White behind it: a dark notebook would show dark letters on a dark ground.
        return (
            f'<img alt="{escape(self.alt)}" width="{round(WIDTH * DPI)}" '
            'style="max-width:100%;height:auto;background:white" '
            f'src="data:image/png;base64,{pixels}">'
        )

    def _ipython_display_(self, **_unused: Any) -> None:  # noqa: ANN401 - IPython's to choose
        from IPython.display import display

        shown = {"text/html": self._repr_html_(), "text/plain": self.alt}
        display(shown, raw=True)  # type: ignore[no-untyped-call, unused-ignore]


def styled(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """Draw in the kit's style, whatever style the notebook has set.

    The figure is taken off pyplot's list: a notebook would otherwise show it twice, once as the
    cell's value and once as an open figure.

    Raises:
        ValueError: If the figure has no title, or no description in words.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Picture:
        with plt.style.context(["default", _STYLE]):
            made = draw(*args, **kwargs)
        plt.close(made)
        if not (made.alt and made.get_suptitle()):
            raise ValueError(f"{draw.__name__}: a figure needs a title and a description in words")
        return made

    return drawn


def figure(height: float, title: str, alt: str) -> Picture:
    """Return an empty figure of the notebook's width, with a title over everything.

    Args:
        height: In inches.
        title: Stands over the figure.
        alt: The figure in words, for those who cannot see it.
    """
    layout = ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.04)
    made = plt.figure(FigureClass=Picture, figsize=(WIDTH, height), layout=layout)
    assert isinstance(made, Picture)
    made.alt = " ".join(alt.split())
    made.suptitle(title, fontsize=13, fontweight="bold")
    return made


def canvas(made: Figure, width: float, height: float) -> Axes:
    """Return axes to draw a diagram on: no frame, equal scales, ``(0, 0)`` at the lower left."""
    axes = made.add_subplot()
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return axes
