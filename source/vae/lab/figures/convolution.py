"""Transposed convolution as a sum: each input pixel adds the kernel, weighted, to the output."""

from typing import Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure

STAMPS: Final = (
    figure_style.BLUE,
    figure_style.ORANGE,
    figure_style.GREEN,
    figure_style.PINK,
    figure_style.SKY,
    figure_style.RED,
)
LETTERS: Final = "abcdefghijklmnop"


def output_size(n: int, kernel: int, stride: int, padding: int = 0, output_padding: int = 0) -> int:
    """Return the output size of a transposed convolution with ``n`` pixels along one side."""
    return (n - 1) * stride - 2 * padding + kernel + output_padding


def size_formula(
    n: int, kernel: int, stride: int, padding: int = 0, output_padding: int = 0
) -> str:
    """Return the size formula with its numbers filled in."""
    size = output_size(n, kernel, stride, padding, output_padding)
    return f"({n} − 1)·{stride} − 2·{padding} + {kernel} + {output_padding} = {size}"


@figure_style.styled
def transposed_convolution(
    n: int = 3, kernel: int = 3, stride: int = 2, padding: int = 0, output_padding: int = 0
) -> DescribedFigure:
    """Draw the stamps along one row of pixels, and how they overlap in the output.

    Args:
        n: Pixels of the input row.
        kernel: Pixels of the stamp.
        stride: How far the stamp moves from one input pixel to the next.
        padding: Pixels cut off at each end of the output.
        output_padding: Additional pixels at the right end.
    """
    _sensible(n, kernel, stride, padding, output_padding)
    formula = size_formula(n, kernel, stride, padding, output_padding)
    size = output_size(n, kernel, stride, padding, output_padding)
    right = padding - output_padding  # what is cut at the right; if negative, what is added
    alt = f"""A row of {n} input pixels. Each times a kernel of {kernel} weights has a line of its
        own, {stride} further right each time. The sums of the columns: a row of {size} pixels.
        {f"padding cuts {padding} at the left and {max(right, 0)} at the right." if padding else ""}
        {_added(output_padding, right)}"""
    figure = figure_style.figure(1.9 + 0.42 * n, f"Transposed convolution, one row: {formula}", alt)
    whole = (n - 1) * stride + kernel + max(-right, 0)
    left = 6.2  # space for the labels
    axes = figure_style.canvas(figure, max(whole, 2 * n) + left, n + 4.6)
    middle = left + (whole - (2 * n - 1)) / 2
    top = n + 3.4
    _label(axes, top, f"input: {n} pixels")
    for i in range(n):
        _pixel(axes, middle + 2 * i, top, STAMPS[i % len(STAMPS)], LETTERS[i % len(LETTERS)])
    landed = _stamps(axes, left, n, kernel, stride)
    _output(axes, left, whole, landed, padding, right)
    return figure


def _added(output_padding: int, right: int) -> str:
    """Say what output_padding does at the right end."""
    if not output_padding:
        return ""
    if right >= 0:
        return f"output_padding saves {output_padding} at the right from being cut."
    return f"output_padding adds {-right} at the right that no kernel reaches."


def _sensible(n: int, kernel: int, stride: int, padding: int, output_padding: int) -> None:
    if min(n, kernel, stride) < 1 or min(padding, output_padding) < 0:
        raise ValueError("n, kernel and stride are at least 1; the paddings at least 0")
    if output_padding and output_padding >= stride:
        raise ValueError(
            f"output_padding ({output_padding}) must be smaller than stride ({stride})"
        )
    if output_size(n, kernel, stride, padding, output_padding) < 1:
        raise ValueError(f"padding ({padding}) cuts the whole output off")


def _stamps(axes: Axes, left: float, n: int, kernel: int, stride: int) -> list[list[str]]:
    """Draw one stamp per line, each ``stride`` further right; return the terms of each pixel."""
    _label(
        axes, n + 1.3, f"each times the\nkernel of {kernel} weights,\n{stride} further each time"
    )
    landed: list[list[str]] = [[] for _ in range((n + 1) * stride + kernel)]
    for i in range(n):
        for k in range(kernel):
            text = f"{LETTERS[i % len(LETTERS)]}·k{k + 1}"
            colour = STAMPS[i % len(STAMPS)]
            _pixel(axes, left + i * stride + k, n + 1.9 - i, colour, text, small=True)
            landed[i * stride + k].append(text)
    return landed


def _output(
    axes: Axes, left: float, whole: int, landed: list[list[str]], padding: int, right: int
) -> None:
    """Draw the output row: the sum of each column, and the pixels that padding cuts off."""
    y = 1.1
    kept = whole - padding - max(right, 0)
    _label(axes, y, f"output: {kept} pixels\n(sums of the columns)")
    for p in range(whole):
        cut = p < padding or p >= whole - max(right, 0)
        terms = landed[p] or ["0"]
        words = "\n+".join(terms) if len(terms) < 3 else f"sum\nof {len(terms)}"
        colour = figure_style.GREY if cut else figure_style.BLACK
        _pixel(axes, left + p, y, colour, "cut" if cut else words, small=True, faint=cut)
    if right < padding:  # there is an output_padding
        axes.text(left + whole - 0.5, y - 0.8, "there because of output_padding", fontsize=9,
                  ha="right", va="center")  # fmt: skip


def _pixel(
    axes: Axes,
    x: float,
    y: float,
    colour: str,
    text: str,
    *,
    small: bool = False,
    faint: bool = False,
) -> None:
    axes.add_patch(
        Rectangle(
            (x - 0.45, y - 0.45),
            0.9,
            0.9,
            facecolor=colour,
            alpha=0.12 if colour == figure_style.BLACK else 0.35,
            linewidth=0,
        )
    )
    axes.add_patch(
        Rectangle(
            (x - 0.45, y - 0.45),
            0.9,
            0.9,
            fill=False,
            edgecolor=colour,
            linestyle=":" if faint else "-",
            linewidth=1.3,
        )
    )
    axes.text(
        x, y, text, ha="center", va="center", fontsize=11 if not small else 7 if "+" in text else 8
    )


def _label(axes: Axes, y: float, text: str) -> None:
    axes.text(0, y, text, ha="left", va="center", fontsize=10)
