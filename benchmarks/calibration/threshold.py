"""Is the reconstruction threshold fair? Train right architectures and mistakes, draw, and tell.

    python -m benchmarks.calibration.threshold

A quarter of an hour on one core, and it uses all; stopped and started again, it goes on where it
was. Writes `docs/calibration.png` and `docs/calibration.md`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autograder.checks.conv_vae import training
from autograder.support.terminal import progress_bar
from benchmarks.calibration.runs import REFERENCE, Run, Runs
from benchmarks.speed import picture

DOCS = Path(__file__).parents[1] / "docs"
SEEDS = 10
MISTAKE_SEEDS = 3

RIGHT = (
    REFERENCE,
    "batch-norm-of-flat-features",
    "batch-normalised",
    "dropout-in-both-halves",
    "fewer-channels",
    "gelu-and-group-norm",
    "kernel-four-stride-two",
    "one-head-and-chunk",
    "prelu-and-tanh",
    "residual-blocks",
    "three-stages",
    "transposed-from-one-pixel",
)
# what a threshold can catch
CAUGHT = (
    "decoder-ignores-z",
    "z-detached",
    "input-stashed",
    "softmax-at-the-output",
    "relu-before-the-sigmoid",
    "sigmoid-twice-in-decoder",
    "sigmoid-twice",
)
# what no threshold can catch, and the check that does
MISSED: Mapping[str, str] = {
    "decoder-fed-mu": "forward_draws_z",
    "logvar-always-zero": "logvar_takes_both_signs",
    "logvar-from-the-mu-head": "every_parameter_gets_a_gradient",
    "encode-returns-std": "logvar_takes_both_signs",
    "own-noise-unscaled": "forward_decodes_mu_plus_sigma_eps",
    "own-noise-with-variance": "forward_decodes_mu_plus_sigma_eps",
    "own-noise-one-for-all": "forward_decodes_mu_plus_sigma_eps",
    "encoder-frozen": "every_parameter_gets_a_gradient",
    "decoder-uses-half-of-z": "every_latent_moves_the_image",
    "forward-returns-logvar-before-mu": "forward_agrees_with_encode",
    "sample-encodes-noise": "sample_decodes_the_prior",
}

TEXT = """\
# The reconstruction threshold, calibrated

Made by `python -m benchmarks.calibration.threshold`; do not edit.

The training check gives an answer {steps} steps of {batch} digits, and asks for less than
{threshold:g} nats per held-back digit. It stops as soon as other digits are under {safe:g}, or
halfway if they are still above {hopeless:g}. Each run here has the grader's own budget, loss and
stopping rule.

![Nats per held-back digit, for right answers and for mistakes](calibration.png)

- {rejected} of {runs} runs of {architectures} right architectures are rejected. The highest verdict
  on a right answer is {highest:.1f} nats, the lowest on a mistake that a threshold can catch
  {lowest:.1f}.
- At the end of the budget the right architecture that is nearest to the threshold is {margin:.1f}
  of its standard deviations below it (`{worst}`).
- Halfway, the highest of the right runs is at {halfway:.0f} nats.
- A lower value is no better answer: several mistakes reach lower ones than right answers do. The
  check asks for enough, and rewards no more.

## Right answers

Verdict: what the grader judges, at the step where it stops. End: after {steps} steps, in the mode
(eval or training) that shows more. In nats.

| architecture | runs | verdict, mean | highest | end, mean ± sd | sd away | steps | rejected |
|---|---:|---:|---:|---:|---:|---:|---:|\
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do the runs that are not done yet, and write the figure and the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration.threshold", description=__doc__
    )
    default = Path(tempfile.gettempdir()) / "threshold-runs.json"
    parser.add_argument("--cache", type=Path, default=default, help=f"default: {default}")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write")
    given = parser.parse_args(arguments)
    runs = Runs(given.cache)
    total = SEEDS * len(RIGHT) + MISTAKE_SEEDS * (len(CAUGHT) + len(MISSED))
    with progress_bar(total, "training") as advance:
        right = _by_name(runs, RIGHT, SEEDS, advance)
        caught = _by_name(runs, CAUGHT, MISTAKE_SEEDS, advance)
        missed = _by_name(runs, tuple(MISSED), MISTAKE_SEEDS, advance)
    picture.draw(right, caught, missed).savefig(given.docs / "calibration.png")
    (given.docs / "calibration.md").write_text(page(right, caught, missed), encoding="utf-8")
    wrong = [run for runs in right.values() for run in runs if run.verdict >= training.THRESHOLD]
    passed = [run for runs in caught.values() for run in runs if run.verdict < training.THRESHOLD]
    return 1 if wrong or passed else 0


def _by_name(
    runs: Runs, names: Sequence[str], seeds: int, advance: Callable[[int], None]
) -> dict[str, list[Run]]:
    """Return the runs of each name, in the order of the names."""
    found: dict[str, list[Run]] = {name: [] for name in names}
    for run in runs.ensure(names, range(seeds)):
        found[run.name].append(run)
        advance(1)
    return found


def margin(runs: Sequence[Run]) -> float:
    """Return how many standard deviations below the threshold the ends of these runs are."""
    finals = [run.final for run in runs]
    return (training.THRESHOLD - statistics.mean(finals)) / statistics.stdev(finals)


def page(
    right: Mapping[str, Sequence[Run]],
    caught: Mapping[str, Sequence[Run]],
    missed: Mapping[str, Sequence[Run]],
) -> str:
    """Return the page of numbers."""
    everything = [run for runs in right.values() for run in runs]
    worst = min(right, key=lambda name: margin(right[name]))
    told = TEXT.format(
        steps=training.STEPS,
        batch=training.BATCH,
        threshold=training.THRESHOLD,
        safe=training.SAFE,
        hopeless=training.HOPELESS,
        rejected=sum(run.verdict >= training.THRESHOLD for run in everything),
        runs=len(everything),
        architectures=len(right),
        highest=max(run.verdict for run in everything),
        lowest=min(run.verdict for runs in caught.values() for run in runs),
        halfway=max(run.halfway for run in everything),
        margin=margin(right[worst]),
        worst=worst,
    )
    lines = [told]
    lines += [_right_row(name, runs) for name, runs in right.items()]
    lines += ["", "## Mistakes that the threshold catches", "", *_mistake_rows(caught, {})]
    lines += ["", "## Mistakes that no threshold can catch, and the check that does", ""]
    lines += _mistake_rows(missed, MISSED)
    return "\n".join(lines) + "\n"


def _right_row(name: str, runs: Sequence[Run]) -> str:
    verdicts, finals = [run.verdict for run in runs], [run.final for run in runs]
    steps = statistics.median(run.stopped for run in runs)
    rejected = sum(verdict >= training.THRESHOLD for verdict in verdicts)
    end = f"{statistics.mean(finals):.1f} ± {statistics.stdev(finals):.1f}"
    return (
        f"| {name} | {len(runs)} | {statistics.mean(verdicts):.1f} | {max(verdicts):.1f} | {end} "
        f"| {margin(runs):.1f} | {steps:g} | {rejected} |"
    )


def _mistake_rows(found: Mapping[str, Sequence[Run]], checks: Mapping[str, str]) -> list[str]:
    more, bar = (" | caught by", "|---") if checks else ("", "")
    lines = [f"| mistake | runs | verdict: lowest | highest{more} |", f"|---|---:|---:|---:{bar}|"]
    for name, runs in found.items():
        verdicts = [run.verdict for run in runs]
        by = f" | `{checks[name]}`" if checks else ""
        lines.append(f"| {name} | {len(runs)} | {min(verdicts):.1f} | {max(verdicts):.1f}{by} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
