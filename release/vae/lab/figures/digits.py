"""Pictures of digits: grids, originals beside reconstructions, interpolation strips."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from lab.figures import style


@style.styled
def reconstructions(
    x: Tensor, recon_x: Tensor, title: str = "Originals and their reconstructions"
) -> Figure:
    """Draw originals in the upper row, what the model made of each in the lower.

    Args:
        x: Originals, ``(n, 1, 28, 28)``; ten look best.
        recon_x: Their reconstructions, as many.
        title: Stands over both rows.
    """
    tops, bottoms = _pictures(x, "x"), _pictures(recon_x, "recon_x")
    if len(tops) != len(bottoms):
        raise ValueError(f"reconstructions: {len(tops)} originals, {len(bottoms)} reconstructions")
    columns = len(tops)
    figure = style.figure(0.55 + 2 * _cell(columns), title)
    grid = figure.subplots(2, columns, squeeze=False)
    for row, (name, pictures) in enumerate((("original", tops), ("made", bottoms))):
        for axes, picture in zip(grid[row], pictures, strict=True):
            _show(axes, picture)
        grid[row][0].set_ylabel(name, fontsize=10)
    return figure


@style.styled
def digit_grid(images: Tensor, title: str = "Digits", columns: int = 10) -> Figure:
    """Draw images in rows, ``columns`` to a row.

    Args:
        images: ``(n, 1, 28, 28)`` or ``(n, 784)``, in [0, 1].
        title: Stands over the grid.
        columns: Images in a row.
    """
    pictures = _pictures(images, "images")
    rows = -(-len(pictures) // columns)
    figure = style.figure(0.45 + rows * _cell(columns), title)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, picture in zip(grid, pictures, strict=False):
        axes.axis("on")
        _show(axes, picture)
    return figure


@style.styled
def interpolation_strip(
    frames: Tensor, title: str = "From one digit to the other", *, start: str = "", end: str = ""
) -> Figure:
    """Draw the frames of an interpolation in one row, each with its place on the way.

    Args:
        frames: ``(steps, 1, 28, 28)``, in [0, 1].
        title: Stands over the strip.
        start: Names the first frame, such as ``"3"``.
        end: Names the last frame.
    """
    pictures = _pictures(frames, "frames")
    steps = len(pictures)
    figure = style.figure(0.7 + _cell(max(steps, 6)), title)
    row = figure.subplots(1, steps, squeeze=False)[0]
    for number, (axes, picture) in enumerate(zip(row, pictures, strict=True)):
        _show(axes, picture)
        share = number / max(steps - 1, 1)
        name = (start if number == 0 else "") or (end if number == steps - 1 else "")
        axes.set_xlabel(f"{share:.0%}" + (f"\n{name}" if name else ""), fontsize=10)
    return figure


def _pictures(images: Tensor, name: str) -> Tensor:
    """Return ``images`` as ``(n, 28, 28)`` on the CPU, or say what is wrong with them."""
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


def _cell(columns: int) -> float:
    return style.WIDTH / columns


def _show(axes: Axes, picture: Tensor) -> None:
    # The same black and white in every picture: a pale digit must look pale.
    axes.imshow(picture.numpy(), vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=style.GREY, linewidth=0.5)
