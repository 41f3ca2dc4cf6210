"""Measure the cost of confinement: grade one right submission with it and without, in turn.

    python -m benchmarks.speed.confinement [--pairs 10]

Prints the medians and their ratio. Both sandboxes are open all the time, so that a drift of the
machine's speed affects both. Opening is measured separately: a class pays for it once.
"""

from __future__ import annotations

import argparse
import getpass
import statistics
import time
from typing import TYPE_CHECKING

from autograder.support.cpu import use_one_thread
from benchmarks import ROOT

if TYPE_CHECKING:
    from autograder.sandbox import Sandbox


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.confinement")
    parser.add_argument("--pairs", type=int, default=10, help="gradings with and without")
    pairs = parser.parse_args().pairs
    use_one_thread()  # before torch, which `grade` imports
    from autograder.assignment.answer_bank import load_bank
    from autograder.assignment.rubric import load
    from autograder.authoring.solved import main_filled
    from autograder.grading.grade import grade
    from autograder.runners.sandbox_startup import open_sandbox

    assignment = load(ROOT / "rubric.toml").main
    solved = main_filled(assignment, load_bank(assignment).answers())

    def seconds(sandbox: Sandbox) -> float:
        start = time.perf_counter()
        result = grade(solved, "ada", assignment, sandbox)
        assert result.score == result.max_score, result.message
        return time.perf_counter() - start

    start = time.perf_counter()
    with open_sandbox(assignment) as confined:
        opening = [time.perf_counter() - start]
        with open_sandbox(assignment, confine=False) as unconfined:
            opening.append(time.perf_counter() - start - opening[0])
            seconds(confined), seconds(unconfined)  # warm up; the first of each is not counted
            times = [(seconds(confined), seconds(unconfined)) for _ in range(pairs)]
            layers = ", ".join(confined.confinement)
    inside, outside = (statistics.median(side) for side in zip(*times, strict=True))
    ratios = sorted(one / other for one, other in times)
    middle = statistics.median(ratios)
    print(f"as {getpass.getuser()}, confined by: {layers}")
    print(f"opening the sandbox: {opening[0]:.1f} s confined, {opening[1]:.1f} s unconfined")
    print(
        f"one right submission, median of {pairs}: {inside:.2f} s confined, {outside:.2f} s "
        f"unconfined; ratio, pair by pair: {middle:.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})"
    )


if __name__ == "__main__":
    main()
