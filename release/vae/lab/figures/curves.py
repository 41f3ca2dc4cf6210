"""Curves of the loss during training, and of its two parts."""

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure
from lab.training import History


@figure_style.styled
def loss_curve(
    history: History, title: str = "Loss through training", label: str = "mean squared error"
) -> DescribedFigure:
    """Draw the loss of every epoch.

    Args:
        history: What ``fit`` or ``fit_vae`` returned.
        title: The title of the figure.
        label: The name of the loss, with its unit.
    """
    figure = figure_style.figure(
        3.4, title, f"A curve over the epochs. {_course(label, history['loss'])}"
    )
    axes = figure.add_subplot()
    _curve(axes, history["loss"], figure_style.BLUE, label)
    axes.set_ylim(bottom=0)
    return figure


@figure_style.styled
def loss_parts(history: History, title: str = "The loss in its two parts") -> DescribedFigure:
    """Draw the parts of the loss: reconstruction and weighted KL, in nats per image.

    Each has its own axes, because their scales differ too much.

    Args:
        history: What ``fit_vae`` returned.
        title: The title of the figure.
    """
    parts = " ".join(_course(name, history[name]) for name in ("loss", "recon", "kl"))
    alt = f"Curves over the epochs, in nats per image: left loss and recon, right kl. {parts}"
    figure = figure_style.figure(3.6, title, alt)
    left, right = figure.subplots(1, 2)
    beta_kl = [b * kl for b, kl in zip(history["beta"], history["kl"], strict=True)]
    _curve(left, history["loss"], figure_style.BLACK, "nats per image", name="loss", dashes="--")
    _curve(left, history["recon"], figure_style.BLUE, "nats per image", name="recon (BCE)")
    left.legend()
    left.set_title("Reconstruction, and the whole loss")
    _curve(right, history["kl"], figure_style.ORANGE, "nats per image", name="kl", dashes=":")
    _curve(right, beta_kl, figure_style.RED, "nats per image", name="beta · kl")
    right.legend()
    right.set_title("KL: what the code costs")
    # While beta is near 0 the KL can be ten times what it settles at: compress the upper part.
    settled, highest = max(1.0, history["kl"][-1]), max(history["kl"])
    if highest > 3 * settled:
        right.set_yscale("symlog", linthresh=settled, linscale=2.0)
        ticks = [t for t in (0, 5, 10, 20, 50, 100, 200, 500, 1000) if t < 1.1 * highest]
        right.set_yticks(ticks, [str(t) for t in ticks])
        right.yaxis.set_minor_locator(NullLocator())
        right.set_title(f"KL (axis compressed above {settled:.0f})")
    right.set_ylim(0, 1.15 * max(highest, 1.0))
    return figure


def _course(name: str, values: list[float]) -> str:
    """Describe a curve in words."""
    return (
        f"The {name} is {values[0]:.3g} in the first epoch, {values[-1]:.3g} in the last, "
        f"at most {max(values):.3g}."
    )


def _curve(
    axes: Axes, values: list[float], colour: str, label: str, name: str = "", dashes: str = "-"
) -> None:
    epochs = range(1, len(values) + 1)
    axes.plot(epochs, values, dashes, color=colour, marker="o", markersize=4, label=name)
    axes.set(xlabel="epoch", ylabel=label, xlim=(0.5, len(values) + 0.5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(visible=True, axis="y")
    axes.set_axisbelow(True)
