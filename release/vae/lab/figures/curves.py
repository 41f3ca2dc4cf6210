"""Curves: the loss through training, its two parts, and what the KL measures."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lab.figures import style
from lab.training import History

# mu, sigma, and KL(N(mu, sigma²) ‖ N(0, 1)) in nats.
BELLS: Final = ((0.0, 1.0, 0.0), (1.5, 1.0, 1.125), (0.0, 0.3, 0.749), (1.5, 0.3, 1.874))


@style.styled
def loss_curve(
    history: History, title: str = "Loss through training", label: str = "mean squared error"
) -> Figure:
    """Draw the loss of every epoch.

    Args:
        history: What ``fit`` or ``fit_vae`` returned.
        title: Stands over the curve.
        label: What the loss is, with its unit.
    """
    figure = style.figure(3.4, title)
    axes = figure.add_subplot()
    _curve(axes, history["loss"], style.BLUE, label)
    axes.set_ylim(bottom=0)
    return figure


@style.styled
def loss_parts(history: History, title: str = "The loss in its two parts") -> Figure:
    """Draw what the loss is made of: reconstruction and weighted KL, in nats per image.

    Args:
        history: What ``fit_vae`` returned.
        title: Stands over both panels.
    """
    figure = style.figure(3.6, title)
    left, right = figure.subplots(1, 2)
    beta_kl = [b * kl for b, kl in zip(history["beta"], history["kl"], strict=True)]
    _curve(left, history["loss"], style.BLACK, "nats per image", name="loss", dashes="--")
    _curve(left, history["recon"], style.BLUE, "nats per image", name="recon (BCE)")
    left.legend()
    left.set_title("Reconstruction, and the whole loss")
    _curve(right, history["kl"], style.ORANGE, "nats per image", name="kl", dashes=":")
    _curve(right, beta_kl, style.RED, "nats per image", name="beta · kl")
    right.legend()
    right.set_title("KL: the price of the code")
    # While beta is near 0 the KL can be huge; what matters is where it settles.
    highest, top = max(history["kl"]), max(1.0, 4 * history["kl"][-1])
    right.set_ylim(0, 1.05 * min(max(highest, 1.0), top))
    if highest > top:
        right.text(0.97, 0.72, f"(kl at its highest: {highest:.0f})", transform=right.transAxes,
                   ha="right", fontsize=9, color=style.GREY)  # fmt: skip
    return figure


def _curve(
    axes: Axes, values: list[float], colour: str, label: str, name: str = "", dashes: str = "-"
) -> None:
    epochs = range(1, len(values) + 1)
    axes.plot(epochs, values, dashes, color=colour, marker="o", markersize=4, label=name)
    axes.set(xlabel="epoch", ylabel=label, xlim=(0.5, len(values) + 0.5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(visible=True, axis="y")
    axes.set_axisbelow(True)


@style.styled
def kl_bells() -> Figure:
    """Draw four clouds q against the prior, each with its KL to the prior in nats."""
    figure = style.figure(2.9, "KL: how far a cloud is from the prior N(0, 1)")
    panels = figure.subplots(1, len(BELLS), sharex=True, sharey=True)
    z = np.linspace(-4, 4, 400)
    prior = _bell(z, 0.0, 1.0)
    for axes, (mu, sigma, kl) in zip(panels, BELLS, strict=True):
        cloud = _bell(z, mu, sigma)
        axes.fill_between(z, prior, color=style.GREY, alpha=0.25, label="prior")
        axes.fill_between(z, cloud, color=style.BLUE, alpha=0.35)
        axes.plot(z, cloud, color=style.BLUE, label="q(z|x)")
        axes.set_title(f"μ = {mu:g}, σ = {sigma:g}\nKL = {kl:.3f} nats")
        axes.set(xlabel="z", yticks=[])
        axes.spines["left"].set_visible(False)
    panels[0].legend(loc="upper left", fontsize=9, handlelength=1)
    panels[0].set_ylabel("density")
    return figure


def _bell(z: np.ndarray, mu: float, sigma: float) -> np.ndarray:
    density: np.ndarray = np.exp(-0.5 * ((z - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    return density
