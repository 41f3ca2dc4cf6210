"""One latent dimension: its posterior, the prior, and the KL between them as an area."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from checkkit import figure_style
from checkkit.figure_style import DescribedFigure

# (mu, sigma): the prior itself, shifted, narrowed, both, widened
PAIRS: Final = ((0.0, 1.0), (1.5, 1.0), (0.0, 0.3), (1.5, 0.3), (0.0, 2.0))
MAX_PAIRS: Final = 6


@figure_style.styled
def kl_bells(pairs: Sequence[tuple[float, float]] = PAIRS) -> DescribedFigure:
    """Draw posteriors against the prior, and below each its KL to the prior as an area.

    Args:
        pairs: Pairs of mu and sigma, up to six.

    Raises:
        ValueError: If a sigma is not positive, or there are none or too many pairs.
    """
    if not 1 <= len(pairs) <= MAX_PAIRS or min(sigma for _, sigma in pairs) <= 0:
        raise ValueError(f"kl_bells: give one to {MAX_PAIRS} pairs (mu, sigma), each sigma above 0")
    curves = [(mu, sigma, kl_area(mu, sigma)) for mu, sigma in pairs]
    figure = figure_style.figure(
        4.9, "KL: how far is a posterior from the prior N(0, 1)?", _description(curves)
    )
    reach = max(4.0, *(abs(mu) + 3.5 * sigma for mu, sigma in pairs))
    z = np.linspace(-reach, reach, 2001)
    rows = figure.subplots(2, len(pairs), sharex=True, sharey="row", squeeze=False)
    for (above, below), (mu, sigma, kl) in zip(rows.T, curves, strict=True):
        _densities(above, z, mu, sigma)
        above.set_title(f"μ = {mu:g}, σ = {sigma:g}")
        _area(below, z, mu, sigma)
        below.set_title(f"area = {kl:.3f} nats", fontsize=11)
    rows[0, 0].set_ylabel("density")
    rows[1, 0].set_ylabel("q(z) · log(q(z) / p(z))")
    handles, names = _key(rows[0, 0], rows[1, 0])
    figure.legend(
        handles, names, loc="outside lower center", ncols=4, fontsize=10, handlelength=1.2
    )
    return figure


def kl_area(mu: float, sigma: float) -> float:
    """Return the KL of a posterior to the prior in nats: the area that the figure shows."""
    z = mu + sigma * np.linspace(-12, 12, 24001)
    return float(np.sum(_integrand(z, mu, sigma)) * (z[1] - z[0]))


def _integrand(z: np.ndarray, mu: float, sigma: float) -> np.ndarray:
    posterior, prior = _log_bell(z, mu, sigma), _log_bell(z, 0.0, 1.0)
    height: np.ndarray = np.exp(posterior) * (posterior - prior)
    return height


def _log_bell(z: np.ndarray, mu: float, sigma: float) -> np.ndarray:
    height: np.ndarray = -(((z - mu) / sigma) ** 2) / 2 - np.log(sigma * np.sqrt(2 * np.pi))
    return height


def _densities(axes: Axes, z: np.ndarray, mu: float, sigma: float) -> None:
    prior, posterior = np.exp(_log_bell(z, 0.0, 1.0)), np.exp(_log_bell(z, mu, sigma))
    axes.fill_between(z, prior, color=figure_style.GREY, alpha=0.3, label="prior p(z)")
    axes.plot(z, posterior, color=figure_style.BLUE, linewidth=2, label="posterior q(z|x)")
    axes.set(yticks=[])
    axes.spines["left"].set_visible(False)


def _area(axes: Axes, z: np.ndarray, mu: float, sigma: float) -> None:
    height = _integrand(z, mu, sigma)
    axes.fill_between(z, height, where=height >= 0, color=figure_style.ORANGE, alpha=0.8,
                      label="counts for the KL")  # fmt: skip
    axes.fill_between(z, height, where=height <= 0, facecolor="white", edgecolor=figure_style.GREY,
                      hatch="////", linewidth=0.8, label="counts against it")  # fmt: skip
    axes.axhline(0, color=figure_style.BLACK, linewidth=0.8)
    axes.set(xlabel="z", yticks=[])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _key(*panels: Axes) -> tuple[list[Artist], list[str]]:
    handles: list[Artist] = []
    names: list[str] = []
    for axes in panels:
        more = axes.get_legend_handles_labels()
        handles += more[0]
        names += more[1]
    return handles, names


def _description(bells: Sequence[tuple[float, float, float]]) -> str:
    values = "; ".join(f"mu {mu:g}, sigma {sigma:g}: {kl:.3f}" for mu, sigma, kl in bells)
    return (
        f"{len(bells)} panels, each a posterior q(z|x), a blue curve before the grey prior."
        f" Below each, the area whose size is the KL, in nats: 0 where the two are equal. {values}."
    )
