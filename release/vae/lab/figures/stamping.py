"""Transposed convolution in two dimensions: stamp by stamp, and layer by layer in a model."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.figures.convolution import STAMPS, size_formula
from lab.figures.drawing import Box, arrow, box, note

PICTURE: Final = ((1, 2), (3, 0))
STAMP: Final = ((0, 1, 0), (1, 5, 1), (0, 1, 0))
WANTED: Final = 28
IN_WORDS: Final = "(n − 1)·stride − 2·padding\n+ kernel + output_padding"
Numbers = Sequence[Sequence[float]]


@figure_style.styled
def stamp_by_stamp(
    picture: Numbers = PICTURE, stamp: Numbers = STAMP, stride: int = 2
) -> DescribedFigure:
    """Draw a transposed convolution stamp by stamp: each input pixel stamps once.

    Args:
        picture: The pixels of the input, in rows; at most four.
        stamp: The kernel, in rows; square.
        stride: How far the stamp moves from one input pixel to the next.
    """
    pixels, kernel = np.array(picture, dtype=float), np.array(stamp, dtype=float)
    count, size = pixels.size, kernel.shape[0]
    if pixels.ndim != 2 or not 1 <= count <= 4 or kernel.shape != (size, size) or stride < 1:
        raise ValueError(
            "stamp_by_stamp: give up to four pixels in rows, a square stamp, stride ≥ 1"
        )
    shape = tuple((n - 1) * stride + size for n in pixels.shape)
    title = f"A transposed convolution, pixel by pixel: {_by(pixels.shape)} → {_by(shape)}"
    alt = f"""The input, {_by(pixels.shape)} numbers, and the kernel, {_by(kernel.shape)}. Then
        {count} pictures of the growing output: one by one, each input pixel times the kernel is
        added, {stride} pixels from the last. At the end the output has {_by(shape)} pixels."""
    figure = figure_style.figure(4.6, title, alt)
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(1, 1.2))[:, 0]
    left, middle, right = above.subplots(1, 3)
    _table(left, pixels, "input", [STAMPS[i] for i in range(count)])
    _table(middle, kernel, "kernel (the stamp)", [figure_style.GREY] * kernel.size)
    formula = "\n".join(size_formula(n, size, stride) for n in dict.fromkeys(pixels.shape))
    right.axis("off")
    note(right, (0.5, 0.5), f"size of the output\n\n{IN_WORDS}\n\n{formula}", size=11)
    _steps(below.subplots(1, count, squeeze=False)[0], pixels, kernel, stride)
    return figure


def _steps(panels: Sequence[Axes], pixels: np.ndarray, kernel: np.ndarray, stride: int) -> None:
    rows, columns = ((n - 1) * stride + len(kernel) for n in pixels.shape)
    total = np.zeros((rows, columns))
    for step, (axes, (row, column)) in enumerate(
        zip(panels, np.ndindex(pixels.shape), strict=True)
    ):
        top, left = row * stride, column * stride
        total[top : top + len(kernel), left : left + len(kernel)] += pixels[row, column] * kernel
        title = f"{'then' if step else 'first'} {pixels[row, column]:g} × the kernel"
        _table(axes, total, title, [figure_style.GREY] * total.size)
        axes.add_patch(
            Rectangle((left - 0.5, top - 0.5), len(kernel), len(kernel), fill=True, linewidth=2.5,
                      facecolor=STAMPS[step] + "40", edgecolor=STAMPS[step])
        )  # fmt: skip


def _table(axes: Axes, numbers: np.ndarray, title: str, colours: Sequence[str]) -> None:
    """Draw numbers in a grid of squares, row 0 at the top, zeros in grey."""
    for colour, ((row, column), number) in zip(colours, np.ndenumerate(numbers), strict=True):
        plain = colour == figure_style.GREY
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, linewidth=1, edgecolor=figure_style.GREY,
                      facecolor="white" if plain else colour + "40")
        )  # fmt: skip
        axes.text(column, row, f"{number:g}", ha="center", va="center", fontsize=10,
                  color=figure_style.BLACK if number or not plain else "#767676")  # fmt: skip
    rows, columns = numbers.shape
    axes.set(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6), aspect="equal")
    axes.set_title(title, fontsize=11)
    axes.axis("off")


def _by(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


class Vae(Protocol):
    """A model with an encoder and a decoder."""

    def encode(self, x: Tensor) -> Any:  # noqa: ANN401 - the student's answer may still be wrong
        """Return ``(mu, logvar)``."""

    def decode(self, z: Tensor) -> Any:  # noqa: ANN401 - likewise
        """Return pictures."""

    def modules(self) -> Any:  # noqa: ANN401 - the signature of nn.Module
        """Return all layers."""


class Step(NamedTuple):
    """A transposed convolution: input size, output size, settings, and the size formula."""

    before: int
    after: int
    kernel: int
    stride: int
    padding: int
    output_padding: int
    dilation: int
    formula: str

    @property
    def settings(self) -> str:
        """The settings in words."""
        return (
            f"kernel {self.kernel}, stride {self.stride}, padding {self.padding}, "
            f"output_padding {self.output_padding}"
        )

    def alone(self) -> nn.ConvTranspose2d:
        """Return a layer of one channel with these settings."""
        reach = self.dilation * (self.kernel - 1) + 1
        rest = self.after - ((self.before - 1) * self.stride - 2 * self.padding + reach)
        return nn.ConvTranspose2d(
            1, 1, self.kernel, self.stride, self.padding, rest, bias=False, dilation=self.dilation
        )


@figure_style.styled
def decoder_sizes(model: Vae, title: str = "How your decoder grows the picture") -> DescribedFigure:
    """Draw the transposed convolutions of a model in the order in which they are used.

    Below each arrow is the size formula with the settings of that layer.

    Args:
        model: A model with ``encode`` and ``decode``; the decoder may still be wrong.
        title: The title of the figure.
    """
    return _growth(model, lambda: _decode(model), title)


@figure_style.styled
def layer_sizes(layers: nn.Module, x: Tensor, title: str = "Growing a picture") -> DescribedFigure:
    """Draw the transposed convolutions among some layers, as `decoder_sizes` does.

    Args:
        layers: One layer, or several in an ``nn.Sequential``.
        x: The input, ``(batch, channels, height, width)``.
        title: The title of the figure.
    """
    return _growth(layers, lambda: layers(x), title)


def decoder_steps(model: Vae) -> list[Step]:
    """Return the transposed convolutions of a model, in the order in which they are used."""
    return _trace(model, lambda: _decode(model))[0]


def _decode(model: Vae) -> None:
    mu = model.encode(torch.zeros(2, 1, WANTED, WANTED))[0]
    model.decode(torch.zeros_like(mu))


def _growth(model: Vae | nn.Module, run: Callable[[], object], title: str) -> DescribedFigure:
    steps, trouble = _trace(model, run)
    sizes = [steps[0].before, *(step.after for step in steps)]
    alt = f"""Squares that grow from {" to ".join(map(str, sizes))} pixels a side, an arrow for each
        transposed convolution with its formula: {"; ".join(step.formula for step in steps)}.
        {_verdict(sizes[-1], trouble)}"""
    figure = figure_style.figure(3.7, title, alt)
    axes = figure_style.canvas(figure, 20, 7.6)
    _draw_steps(axes, steps, sizes)
    colour = figure_style.GREEN if sizes[-1] == WANTED and not trouble else figure_style.RED
    note(axes, (10, 0.35), _verdict(sizes[-1], trouble), colour=colour, size=11)
    return figure


def _draw_steps(axes: Axes, steps: Sequence[Step], sizes: Sequence[int]) -> None:
    scale = 4.2 / max(*sizes, WANTED)
    xs = np.linspace(1.9, 17.8, len(sizes))
    boxes = [
        box(axes, Box(float(x), 5.0, max(size * scale, 0.3), max(size * scale, 0.3)),
            f"{size}×{size}", colour=figure_style.GREEN, fontsize=11 if size * scale > 1.4 else 9)
        for x, size in zip(xs, sizes, strict=True)
    ]  # fmt: skip
    small = 10 if len(steps) < 3 else 8
    for step, before, after in zip(steps, boxes[:-1], boxes[1:], strict=True):
        arrow(axes, before.side("right"), after.side("left"))
        middle = (before.x + after.x) / 2
        note(axes, (middle, 2.1), step.formula, size=small + 1)
        note(axes, (middle, 1.35), step.settings, size=small - 1, colour=figure_style.GREY)


def _verdict(size: int, trouble: str) -> str:
    if trouble:
        return f"after that it stopped: {trouble}"
    if size == WANTED:
        return f"{size} pixels a side: as large as the digits"
    much, way = abs(size - WANTED), "few" if size < WANTED else "many"
    return f"{size} pixels a side: {much} too {way}, the digits have {WANTED}"


def _trace(model: Vae | nn.Module, run: Callable[[], object]) -> tuple[list[Step], str]:
    """Run a model; return its transposed convolutions, and the error that stopped it or ``""``."""
    steps: list[Step] = []
    trouble = ""

    def record(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        steps.append(_step(layer, inputs[0].shape[-1], output.shape[-1]))

    layers = [layer for layer in model.modules() if isinstance(layer, nn.ConvTranspose2d)]
    hooks = [layer.register_forward_hook(record) for layer in layers]
    try:
        with torch.no_grad():
            run()
    except Exception as error:  # noqa: BLE001 - the student's model; the steps before are drawn
        trouble = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:70]}"
    finally:
        for hook in hooks:
            hook.remove()
    if not steps:
        raise ValueError(
            "no nn.ConvTranspose2d was used" + (f": it stopped with {trouble}" if trouble else "")
        )
    return steps, trouble


def _step(layer: Any, before: int, after: int) -> Step:  # noqa: ANN401 - a ConvTranspose2d
    kernel, stride, padding, extra, dilation = (
        int(value[-1])
        for value in (
            layer.kernel_size, layer.stride, layer.padding, layer.output_padding, layer.dilation
        )
    )  # fmt: skip
    formula = size_formula(before, kernel, stride, padding, extra)
    if not formula.endswith(f"= {after}"):  # with dilation or output_size
        formula = f"{before} → {after}, by further settings"
    return Step(before, after, kernel, stride, padding, extra, dilation, formula)
