"""Pictures of digits: grids, named rows, originals with reconstructions, interpolations."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from torch import Tensor

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure


@figure_style.styled
def reconstructions(
    x: Tensor, recon_x: Tensor, title: str = "Originals and their reconstructions"
) -> DescribedFigure:
    """Draw originals in the upper row and their reconstructions in the lower.

    Args:
        x: Originals, ``(n, 1, 28, 28)``; ten look best.
        recon_x: Their reconstructions, of the same shape.
        title: The title of the figure.
    """
    tops, bottoms = _pictures(x, "x"), _pictures(recon_x, "recon_x")
    if len(tops) != len(bottoms):
        raise ValueError(f"reconstructions: {len(tops)} originals, {len(bottoms)} reconstructions")
    apart = (tops - bottoms).square().mean().item()
    alt = f"""Two rows of {len(tops)} digits: the originals, and below each its reconstruction. The
        mean squared difference of a pixel is {apart:.3f}. Lit pixels that are half bright:
        {_pale(tops):.0%} above, {_pale(bottoms):.0%} below."""
    figure = figure_style.figure(_height(2, len(tops)), title, alt)
    _rows(figure, {"original": tops, "rebuilt": bottoms})
    return figure


@figure_style.styled
def digit_grid(
    images: Tensor, title: str = "Digits", columns: int = 10, headings: Sequence[str] = ()
) -> DescribedFigure:
    """Draw images in rows.

    Args:
        images: ``(n, 1, 28, 28)`` or ``(n, 784)``, in [0, 1].
        title: The title of the figure.
        columns: Images per row.
        headings: What the columns show, one for each; written above them.
    """
    pictures = _pictures(images, "images")
    if headings and len(headings) != columns:
        raise ValueError(f"digit_grid: {len(headings)} headings for {columns} columns")
    rows = -(-len(pictures) // columns)
    order = f"The columns: {'; '.join(' '.join(name.split()) for name in headings)}."
    alt = f"""{title}: {len(pictures)} pictures, white on black, in rows of {columns}.
        {order if headings else _paleness(pictures)}"""
    lines = max((name.count("\n") + 1 for name in headings), default=0)
    figure = figure_style.figure(_height(rows, columns) + 0.2 * lines, title, alt)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, picture in zip(grid, pictures, strict=False):
        axes.axis("on")
        show(axes, picture)
    for axes, heading in zip(grid, headings, strict=False):
        axes.set_title(heading, fontsize=10)
    return figure


@figure_style.styled
def interpolation_strip(
    frames: Tensor, title: str = "From one digit to the other", *, start: str = "", end: str = ""
) -> DescribedFigure:
    """Draw the frames of an interpolation in one row, each with its percentage of the path.

    Args:
        frames: ``(steps, 1, 28, 28)``, in [0, 1].
        title: The title of the figure.
        start: The name of the first frame, such as ``"3"``.
        end: The name of the last frame.
    """
    pictures = _pictures(frames, "frames")
    steps = len(pictures)
    way = f" from {start} to {end}" if start and end else ""
    alt = f"{steps} pictures in a row, changing step by step{way}: {_on_the_way(pictures)}"
    figure = figure_style.figure(0.7 + figure_style.WIDTH / max(steps, 6), title, alt)
    row = figure.subplots(1, steps, squeeze=False)[0]
    for number, (axes, picture) in enumerate(zip(row, pictures, strict=True)):
        show(axes, picture)
        name = (start if number == 0 else "") or (end if number == steps - 1 else "")
        axes.set_xlabel(_share(number, steps) + (f"\n{name}" if name else ""), fontsize=10)
    return figure


@figure_style.styled
def rows_of_digits(
    rows: Mapping[str, Tensor], title: str, *, walk: bool = False
) -> DescribedFigure:
    """Draw several rows of pictures, each with its name at the left.

    Args:
        rows: Pictures ``(n, 1, 28, 28)`` by the name of their row; the same n in each.
        title: The title of the figure.
        walk: Whether each row is an interpolation; adds the percentages of the path.
    """
    pictures = {name: _pictures(row, name) for name, row in rows.items()}
    counts = {name: len(row) for name, row in pictures.items()}
    if not counts or len(set(counts.values())) > 1:
        raise ValueError(f"rows_of_digits: every row needs as many pictures, got {counts}")
    columns = next(iter(counts.values()))
    kind = "each leading from its first to its last" if walk else "one column for each digit"
    describe = _on_the_way if walk else _paleness
    said = " ".join(
        f"{name.replace(chr(10), ' ')}: {describe(row)}" for name, row in pictures.items()
    )
    alt = f"{len(rows)} rows of {columns} pictures, {kind}. From top to bottom: {said}"
    figure = figure_style.figure(_height(len(rows), columns + 1) + 0.25 * walk, title, alt)
    last = _rows(figure, pictures)
    if walk:
        for number, axes in enumerate(last):
            axes.set_xlabel(_share(number, columns), fontsize=10)
    return figure


def _rows(figure: FigureBase, rows: Mapping[str, Tensor]) -> list[Axes]:
    """Draw rows with their names; return the axes of the last row."""
    columns = len(next(iter(rows.values())))
    grid = figure.subplots(len(rows), columns, squeeze=False)
    for line, (name, pictures) in zip(grid, rows.items(), strict=True):
        for axes, picture in zip(line, pictures, strict=True):
            show(axes, picture)
        line[0].set_ylabel(name, fontsize=10, rotation=0, ha="right", va="center")
    return list(grid[-1])


def draw_rows(figure: FigureBase, rows: Mapping[str, Tensor]) -> None:
    """Draw named rows of pictures into a part of a figure."""
    _rows(figure, {name: _pictures(row, name) for name, row in rows.items()})


def show(axes: Axes, picture: Tensor) -> None:
    """Draw a picture, white on black, on a fixed scale from 0 to 1."""
    axes.imshow(picture.numpy(), vmin=0, vmax=1)  # fixed, so that a pale digit looks pale
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=figure_style.GREY, linewidth=0.5)


def _pictures(images: Tensor, name: str) -> Tensor:
    """Return ``images`` as ``(n, 28, 28)`` on the CPU."""
    images = images.detach().cpu()
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    elif images.ndim == 2 and images.shape[1] == 28 * 28:
        images = images.reshape(-1, 28, 28)
    if images.ndim != 3 or len(images) == 0:
        raise ValueError(
            f"{name}: expected pictures of shape (n, 1, 28, 28), got {tuple(images.shape)}"
        )
    return images


def _pale(pictures: Tensor) -> float:
    """Return the share of half-bright pixels among those that are not black."""
    lit = pictures > 0.25
    return float((lit & (pictures < 0.75)).sum() / lit.sum().clamp(min=1))


def _paleness(pictures: Tensor) -> str:
    """Say how blurred pictures are."""
    return f"{_pale(pictures):.0%} of the lit pixels are half bright."


def _on_the_way(pictures: Tensor) -> str:
    """Say whether the middle of a walk is paler than its ends."""
    ends, middle = _pale(pictures[[0, -1]]), _pale(pictures[len(pictures) // 2])
    return f"half-bright pixels {ends:.0%} at the ends, {middle:.0%} half-way."


def _share(number: int, steps: int) -> str:
    return f"{number / max(steps - 1, 1):.0%}"


def _height(rows: int, columns: int) -> float:
    return 0.5 + rows * figure_style.WIDTH / columns
