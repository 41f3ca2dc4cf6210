"""Draw the calibration: one dot per run, right answers above, mistakes below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, ScalarFormatter

from autograder.checks.conv_vae import training_loop
from benchmarks.calibration.runs import Run
from checkkit import figure_style
from checkkit.figure_style import DescribedFigure

TICKS = (90, 120, 170, 250, 500, 1000, 2000)
Found = Mapping[str, Sequence[Run]]


@figure_style.styled
def draw(right: Found, caught: Found, missed: Found) -> DescribedFigure:
    """Draw the verdict of each run, in nats per held-back digit, with the threshold."""
    groups = (
        ("right answers", right, figure_style.BLUE, "o"),
        ("mistakes that the threshold catches", caught, figure_style.RED, "X"),
        ("mistakes that other checks catch", missed, figure_style.GREY, "D"),
    )
    rows = sum(len(found) + 1 for _, found, _, _ in groups)
    alt = (
        "A row of dots for each architecture and each mistake, along nats per held-back digit:"
        f" right answers lie left of the threshold at {training_loop.THRESHOLD:g}, mistakes that it"
        " catches right of it, and mistakes that other checks catch on either side."
    )
    made = figure_style.figure(0.6 + 0.24 * rows, "What the training check measures", alt)
    axes = made.add_subplot()
    names: list[tuple[float, str]] = []
    row = 0.0
    for title, found, colour, marker in groups:
        white = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(88, row, title, color=colour, fontweight="bold", va="center", bbox=white)
        for name, runs in found.items():
            row += 1
            names.append((row, name))
            _dots(axes, row, runs, colour, marker)
        row += 1.4
    axes.axvline(training_loop.THRESHOLD, color=figure_style.BLACK, linewidth=1.5)
    axes.annotate(
        f"threshold, {training_loop.THRESHOLD:g}",
        (training_loop.THRESHOLD, row - 0.6),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
    )
    axes.axvline(training_loop.SAFE, color=figure_style.BLACK, linewidth=1, linestyle=":")
    axes.set(xscale="log", xlim=(85, 2600), ylim=(row, -0.8))
    axes.set_xlabel(
        "nats per held-back digit (logarithmic); a dot is what the grader judges,\n"
        "a stroke what the end of the budget would give; dotted: under this, training stops"
    )
    axes.set_yticks([place for place, _ in names], [name for _, name in names], fontsize=9)
    axes.set_xticks(TICKS)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    return made


def _dots(axes: Axes, row: float, runs: Sequence[Run], colour: str, marker: str) -> None:
    """Draw one row: a dot where the grader judges, a stroke at the end of the budget."""
    axes.plot([run.final for run in runs], [row] * len(runs), "|", color=colour, markersize=7)
    axes.scatter(
        [run.verdict for run in runs],
        [row] * len(runs),
        s=22,
        color=colour,
        marker=marker,
        alpha=0.6,
        linewidths=0,
    )
