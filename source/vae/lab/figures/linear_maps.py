"""Transposed convolution as a transposed matrix."""

from typing import Final

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import nn

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.convolution import STAMPS
from lab.figures.drawing import note

MAX_KERNEL: Final = len(STAMPS)
MAX_LARGE: Final = 12


@figure_style.styled
def convolution_matrices(
    large: int = 8, kernel: int = 4, stride: int = 2, padding: int = 1
) -> DescribedFigure:
    """Draw the matrix of a convolution along one row of pixels, and its transpose.

    Args:
        large: Pixels of the convolution's input, up to twelve.
        kernel: Pixels of the kernel, up to six.
        stride: How far the kernel moves.
        padding: Zeros added at each end of the convolution's input.
    """
    if not 1 <= kernel <= MAX_KERNEL or not 1 <= large <= MAX_LARGE or stride < 1 or padding < 0:
        raise ValueError(
            f"convolution_matrices: large up to {MAX_LARGE}, kernel up to {MAX_KERNEL}"
        )
    small = (large + 2 * padding - kernel) // stride + 1
    if small < 1:
        raise ValueError("convolution_matrices: the kernel is larger than the padded input")
    which = matrix_of_convolution(large, kernel, stride, padding)
    alt = f"""Left, a matrix C of {small} rows and {large} columns: each row has the
        {kernel} weights of the kernel, {stride} columns further right than the row above. It is a
        convolution, {large} to {small}. Right, C transposed, {large} by {small}: each column has
        the kernel; it makes {large} numbers of {small}, as a transposed convolution does."""
    title = f"One matrix, two layers: {large} → {small} and {small} → {large}"
    figure = figure_style.figure(4.4, title, alt)
    tall = max(large, small)
    axes = figure_style.canvas(figure, large + small + 11.6, tall + 2.6)
    middle = tall / 2 + 0.6
    x = _column(axes, 0.5, middle, small, "y")
    x = _sign(axes, x, middle, "=")
    note(axes, (x + large / 2, tall + 1.9), f"Conv1d: {large} → {small}", size=12)
    x = _matrix(axes, x, middle, which, "C")
    x = _sign(axes, x, middle, "·")
    x = _column(axes, x, middle, large, "x")
    x = _column(axes, x + 3, middle, large, "u")
    x = _sign(axes, x, middle, "=")
    note(axes, (x + small / 2, tall + 1.9), f"ConvTranspose1d: {small} → {large}", size=12)
    x = _matrix(axes, x, middle, which.T, "C transposed")
    x = _sign(axes, x, middle, "·")
    _column(axes, x, middle, small, "v")
    return figure


def matrix_of_convolution(large: int, kernel: int, stride: int, padding: int) -> np.ndarray:
    """Return which weight of the kernel stands where in the matrix: 1, 2, …, and 0 for none."""
    # A convolution of the unit vectors: the columns of its matrix.
    units = torch.eye(large, dtype=torch.float64).unsqueeze(1)
    weight = torch.arange(1, kernel + 1, dtype=torch.float64).reshape(1, 1, kernel)
    columns = nn.functional.conv1d(units, weight, stride=stride, padding=padding)[:, 0]
    which: np.ndarray = columns.T.numpy().astype(int)
    return which


def _matrix(axes: Axes, x: float, middle: float, which: np.ndarray, name: str) -> float:
    rows, columns = which.shape
    for (row, column), k in np.ndenumerate(which):
        colour = STAMPS[k - 1] if k else figure_style.GREY
        _cell(axes, x + column, middle + rows / 2 - row - 1, colour, f"k{k}" if k else "", bool(k))
    note(axes, (x + columns / 2, middle - rows / 2 - 0.55), name, size=12)
    return float(x + columns)


def _column(axes: Axes, x: float, middle: float, size: int, name: str) -> float:
    for row in range(size):
        at = middle + size / 2 - row - 1
        _cell(axes, x, at, figure_style.BLACK, f"{name}{row + 1}", filled=False)
    return x + 1


def _sign(axes: Axes, x: float, middle: float, sign: str) -> float:
    note(axes, (x + 0.5, middle), sign, size=14)
    return x + 1


def _cell(axes: Axes, x: float, y: float, colour: str, text: str, filled: bool) -> None:  # noqa: FBT001
    face = colour + "55" if filled else "none"
    thin = 0.5 if not text else 1.0
    axes.add_patch(Rectangle((x, y), 1, 1, facecolor=face, edgecolor=colour, linewidth=thin))
    note(axes, (x + 0.5, y + 0.5), text, size=9)
