"""Test whether the reconstruction threshold is fair: train right architectures and mistakes.

    python -m benchmarks.calibration.threshold

Takes a quarter of an hour of one core and uses all cores. An interrupted run resumes where it was.
Writes `docs/calibration.png` and `docs/calibration.md`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autograder.checks.conv_vae import training_loop
from autograder.support.terminal import progress_bar
from benchmarks import DOCS
from benchmarks.calibration import picture
from benchmarks.calibration.runs import REFERENCE, Run, Runs

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
# Mistakes that a threshold can catch.
CAUGHT = (
    "decoder-ignores-z",
    "z-detached",
    "input-stashed",
    "softmax-at-the-output",
    "relu-before-the-sigmoid",
    "sigmoid-twice-in-decoder",
    "sigmoid-twice",
)
# Mistakes that no threshold can catch, and the checks that do.
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

The training check trains an answer for {steps} steps of {batch} digits and requires less than
{threshold:g} nats of reconstruction and {elbo:g} nats of reconstruction and KL together (the
negative ELBO) per held-back digit. Training stops early when other digits are below {safe:g} and
{safe_elbo:g}, or halfway if their reconstruction is still above {hopeless:g}. Each
run here has the grader's own budget, loss and stopping rule. The architectures and mistakes were
written by the authors of the kit.

![Nats per held-back digit, for right answers and for mistakes](calibration.png)

- {rejected} of {runs} runs of {architectures} right architectures are rejected{bound}. The
  highest verdict on a right answer is {highest:.1f} nats; the lowest on a mistake that a
  threshold can catch is {lowest:.1f}.
- At the end of the budget the right architecture nearest to the threshold (`{worst}`) is
  {margin:.1f} of its standard deviations below it.
- The negative ELBO of right answers is {elbo_mean:.1f} ± {elbo_sd:.1f} nats at the end,
  {elbo_end:.1f} at most: the bound is {elbo_margin:.0f} standard deviations away. Where training
  stops it is {elbo_stop:.1f} at most. Codes whose σ is next to nothing carry the image itself;
  their KL alone is 1,600 nats with logvar = −200, and 160 with logvar = −20.
- Halfway, the highest right run is at {halfway:.0f} nats.
- A lower value is not a better answer: several mistakes reach lower values than right answers do.
  The check requires enough, and rewards nothing beyond.
- An answer that has not learnt enough by then (160 nats on other digits) trains as long again, with
  β from 0. So do deep models, models that start next to zero, and models that pool to 2 × 2 places
  before `mu` and `logvar` (182 nats at first, 154 in the end). No model above learns so slowly.
- Two convolutions whose channels are averaged over the whole picture, down to 32 numbers (global
  average pooling), are on the other side of the line: about 200 nats, for 206 of the mean image,
  and 183 after four times as many steps. Such an encoder says how much ink there is, not where; the
  notebook warns of it. With four convolutions before it, as in a well-known tutorial, nothing is
  left to average over, and the model passes.

## Right answers

*Verdict*: the reconstruction that the grader judges, at the step where training stops. *End*: the
reconstruction after {steps} steps, in the better of eval and training mode. *With KL*: the highest
negative ELBO, at the verdict and at the end. All in nats.

| architecture | runs | verdict | highest | end, mean ± sd | sd away | with KL | steps | rejected |
|---|---:|---:|---:|---:|---:|---:|---:|---:|\
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is not in the cache, and write the figure and the page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration.threshold", description=__doc__
    )
    default = Path(tempfile.gettempdir()) / "threshold-runs.json"
    parser.add_argument(
        "--cache", type=Path, default=default, help=f"finished runs (default: {default})"
    )
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder to write to")
    given = parser.parse_args(arguments)
    runs = Runs(given.cache)
    total = SEEDS * len(RIGHT) + MISTAKE_SEEDS * (len(CAUGHT) + len(MISSED))
    with progress_bar(total, "training") as advance:
        right = _by_name(runs, RIGHT, SEEDS, advance)
        caught = _by_name(runs, CAUGHT, MISTAKE_SEEDS, advance)
        missed = _by_name(runs, tuple(MISSED), MISTAKE_SEEDS, advance)
    picture.draw(right, caught, missed).savefig(given.docs / "calibration.png")
    (given.docs / "calibration.md").write_text(page(right, caught, missed), encoding="utf-8")
    wrong = [run for runs in right.values() for run in runs if not run.passes]
    passed = [run for runs in caught.values() for run in runs if run.passes]
    return 1 if wrong or passed else 0


def _by_name(
    runs: Runs, names: Sequence[str], seeds: int, advance: Callable[[int], None]
) -> dict[str, list[Run]]:
    """Return the runs by name, in the order of the names."""
    found: dict[str, list[Run]] = {name: [] for name in names}
    for run in runs.ensure(names, range(seeds)):
        found[run.name].append(run)
        advance(1)
    return found


def margin(runs: Sequence[Run]) -> float:
    """Return by how many standard deviations the final values lie below the threshold."""
    finals = [run.final for run in runs]
    return (training_loop.THRESHOLD - statistics.mean(finals)) / statistics.stdev(finals)


def page(
    right: Mapping[str, Sequence[Run]],
    caught: Mapping[str, Sequence[Run]],
    missed: Mapping[str, Sequence[Run]],
) -> str:
    """Return the text of the page."""
    everything = [run for runs in right.values() for run in runs]
    ends = [run.final + run.final_kl for run in everything]
    worst = min(right, key=lambda name: margin(right[name]))
    rejected = sum(not run.passes for run in everything)
    bound = 1 - 0.05 ** (1 / len(everything))  # of the rate, where no run is rejected
    introduction = TEXT.format(
        steps=training_loop.STEPS,
        batch=training_loop.BATCH,
        threshold=training_loop.THRESHOLD,
        safe=training_loop.SAFE,
        hopeless=training_loop.HOPELESS,
        rejected=rejected,
        bound="" if rejected else f" (95 % upper bound: {bound:.1%})",
        runs=len(everything),
        architectures=len(right),
        highest=max(run.verdict for run in everything),
        lowest=min(run.verdict for runs in caught.values() for run in runs),
        halfway=max(run.halfway for run in everything),
        elbo=training_loop.ELBO,
        safe_elbo=training_loop.SAFE_ELBO,
        elbo_mean=statistics.mean(ends),
        elbo_sd=statistics.stdev(ends),
        elbo_end=max(ends),
        elbo_margin=(training_loop.ELBO - statistics.mean(ends)) / statistics.stdev(ends),
        elbo_stop=max(run.verdict + run.kl for run in everything),
        margin=margin(right[worst]),
        worst=worst,
    )
    lines = [introduction]
    lines += [_right_row(name, runs) for name, runs in right.items()]
    lines += ["", "## Mistakes that the threshold catches", "", *_mistake_rows(caught, {})]
    lines += ["", "## Mistakes that no threshold can catch, and the check that does", ""]
    lines += _mistake_rows(missed, MISSED)
    return "\n".join(lines) + "\n"


def _right_row(name: str, runs: Sequence[Run]) -> str:
    verdicts, finals = [run.verdict for run in runs], [run.final for run in runs]
    steps = statistics.median(run.stopped for run in runs)
    rejected = sum(not run.passes for run in runs)
    stop = max(run.verdict + run.kl for run in runs)
    end_with_kl = max(run.final + run.final_kl for run in runs)
    end = f"{statistics.mean(finals):.1f} ± {statistics.stdev(finals):.1f}"
    return (
        f"| {name} | {len(runs)} | {statistics.mean(verdicts):.1f} | {max(verdicts):.1f} | {end} "
        f"| {margin(runs):.1f} | {stop:.0f}, {end_with_kl:.0f} | {steps:g} | {rejected} |"
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
