"""What do the walls cost? Grade one right submission with and without them, in turn.

    python -m benchmarks.confinement [--pairs 10]

Prints the medians and their ratio. Both rooms are open all the time, so that a drifting machine
drifts for both; opening a room is measured apart, since a class pays for it once.
"""

from __future__ import annotations

import argparse
import getpass
import statistics
import time
from pathlib import Path

from autograder import one_thread  # noqa: F401 - for its effect, before torch is imported
from autograder.assemble import assemble, bank
from autograder.assignment import load
from autograder.grading import grade
from autograder.opening import open_room
from autograder.room import Room

RUBRIC = Path(__file__).parents[1] / "autograder" / "checks" / "rubric.toml"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.confinement")
    parser.add_argument("--pairs", type=int, default=10, help="gradings with, and as many without")
    pairs = parser.parse_args().pairs
    assignment = load(RUBRIC)
    solved = assemble(assignment.source_notebook.read_bytes(), bank(assignment).answers())

    def seconds(room: Room) -> float:
        start = time.perf_counter()
        result = grade(solved, "ada", assignment, room)
        assert result.score == result.max_score, result.message
        return time.perf_counter() - start

    start = time.perf_counter()
    with open_room(assignment) as walled:
        opening = [time.perf_counter() - start]
        with open_room(assignment, confine=False) as open_plan:
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
