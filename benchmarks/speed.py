"""Measure how fast grading is, and write docs/speed.md: `make bench`, or one part of it.

    python -m benchmarks.speed [peers overhead scale cluster students evening] [--small]

Each part alternates between what it compares, in one run on one machine, so that its ratios mean
something where its seconds do not. What has been measured is kept in docs/speed.json; a part that
is not asked for keeps its figures. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder import one_thread  # noqa: F401 - for its effect, before torch is imported
from autograder.assignment import Assignment, load
from autograder.versions import versions
from benchmarks import cluster, evening, overhead, peers, scale, speed_page, students

DOCS = Path(__file__).parents[1] / "docs"
Figures = dict[str, Any]


@dataclass(frozen=True)
class Sizes:
    """How much of everything is measured."""

    peers: list[int]
    released: int
    rounds: int
    scale: list[int]
    workers: list[int]
    cluster: int
    evening: tuple[int, int]
    notebooks: bool


WHOLE = Sizes([1, 8, 40], 2, 5, [50, 200, 1000], [1, 2, 4], 200, (300, 300), notebooks=True)
SMALL = Sizes([1], 0, 1, [5, 10], [1], 8, (12, 6), notebooks=False)
Part = Callable[[Assignment, Sizes], Iterator[tuple[str, Figures]]]


def _peers(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    return peers.compare(assignment, sizes.peers, sizes.released)


def _overhead(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    yield "reference", overhead.measure(assignment, sizes.rounds)


def _scale(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    return scale.measure(assignment, sizes.scale)


def _cluster(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    return cluster.measure(assignment, sizes.workers, sizes.cluster)


def _students(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    yield "seconds", students.measure(assignment, notebooks=sizes.notebooks)


def _evening(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    return evening.measure(assignment, *sizes.evening)


PARTS: dict[str, Part] = {
    "peers": _peers,
    "overhead": _overhead,
    "scale": _scale,
    "cluster": _cluster,
    "students": _students,
    "evening": _evening,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for, write it down as it comes, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--small", action="store_true", help="few of everything, to try it out")
    for name in ("peers", "scale"):
        what = "classes of these sizes"
        parser.add_argument(f"--{name}", type=int, nargs="+", metavar="N", help=what)
    what = "a class of M, N of them in every other way"
    parser.add_argument("--evening", type=int, nargs=2, metavar=("M", "N"), help=what)
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    sizes = SMALL if given.small else WHOLE
    asked: Figures = {name: value for name in ("peers", "scale") if (value := getattr(given, name))}
    if given.evening:
        asked["evening"] = tuple(given.evening)
    sizes = replace(sizes, **asked)
    assignment, kept = load(), given.docs / "speed.json"
    told: Figures = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for name in given.parts or PARTS:
        told[name] = {"machine": _machine()}
        for what, figures in PARTS[name](assignment, sizes):
            told[name][what] = figures
            print(name, what, json.dumps(figures), flush=True)
            kept.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    speed_page.write(told, given.docs)
    return 0


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, torch {versions()['torch']}"


if __name__ == "__main__":
    sys.exit(main())
