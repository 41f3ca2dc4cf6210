"""What do the walls cost? Grade one right submission with and without them, in turn.

    python -m benchmarks.speed.confinement [--pairs 10]

Prints the medians and their ratio. Both rooms are open all the time, so that a drifting machine
drifts for both; opening a room is measured apart, since a class pays for it once.
"""

from __future__ import annotations

import argparse
import getpass
import statistics
import time
from pathlib import Path

from autograder.support.cpu import use_one_thread

use_one_thread()
from autograder.assignment.answer_bank import assemble, bank
from autograder.assignment.model import load
from autograder.grading.grade import grade
from autograder.runners.sandbox_startup import open_sandbox
from autograder.sandbox import Sandbox

RUBRIC = Path(__file__).parents[1] / "rubric.toml"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.confinement")
    parser.add_argument("--pairs", type=int, default=10, help="gradings with, and as many without")
    pairs = parser.parse_args().pairs
    assignment = load(RUBRIC)
    solved = assemble(assignment.source_notebook.read_bytes(), bank(assignment).answers())

    def seconds(sandbox: Sandbox) -> float:
        start = time.perf_counter()
        result = grade(solved, "ada", assignment, sandbox)
        assert result.score == result.max_score, result.message
        return time.perf_counter() - start

    start = time.perf_counter()
    with open_sandbox(assignment) as walled:
        opening = [time.perf_counter() - start]
        with open_sandbox(assignment, confine=False) as open_plan:
            opening.append(time.perf_counter() - start - opening[0])
            seconds(walled), seconds(open_plan)  # the first of each is not counted
            times = [(seconds(walled), seconds(open_plan)) for _ in range(pairs)]
            layers = ", ".join(walled.confinement)
    inside, outside = (statistics.median(side) for side in zip(*times, strict=True))
    ratios = sorted(one / other for one, other in times)
    middle = statistics.median(ratios)
    print(f"as {getpass.getuser()}, walls: {layers}")
    print(f"opening the room: {opening[0]:.1f} s with walls, {opening[1]:.1f} s without")
    print(
        f"one right submission, median of {pairs}: {inside:.2f} s with, {outside:.2f} s without;"
        f" ratio, pair by pair: {middle:.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})"
    )


if __name__ == "__main__":
    main()
