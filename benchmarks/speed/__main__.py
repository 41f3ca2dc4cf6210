"""Measure how fast grading is, and write docs/speed.md: `make bench`, or one part of it.

    python -m benchmarks.speed.__main__ [peers released overhead scale ...] [--small]

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
from functools import partial
from pathlib import Path
from typing import Any

from autograder.support.cpu import use_one_thread

use_one_thread()
from autograder.assignment.model import Assignment, load
from autograder.support.versions import versions
from benchmarks.speed import (
    changes,
    classes,
    cluster,
    evening,
    otter_run,
    overhead,
    page,
    peers,
    scale,
    students,
)

DOCS = Path(__file__).parents[1] / "docs"
LARGE = 40  # submissions
Figures = dict[str, Any]


@dataclass(frozen=True)
class Sizes:
    """How much of everything is measured."""

    peers: list[int]
    released: list[int]
    otter: Path | None
    rounds: int
    scale: list[int]
    workers: list[int]
    cluster: int
    evening: list[int]
    notebooks: bool
    commits: tuple[str, ...] = ()


WHOLE = Sizes(
    [1, 8, 40], [4, 10], None, 3, [50, 200, 1000], [1, 2, 4], 200, [300, 300], notebooks=True
)
SMALL = Sizes([1], [0, 0], None, 1, [5, 10], [1], 8, [12, 6], notebooks=False)
# what of the sizes can be asked for
MANY: Figures = {"type": int, "nargs": "+", "metavar": "N"}
ASKED: dict[str, tuple[Figures, str]] = {
    "peers": (MANY, "classes of these sizes"),
    "rounds": ({"type": int}, "rounds of small classes, and gradings to find the overhead in"),
    "released": (
        {"type": int, "nargs": 2, "metavar": ("RIGHT", "MIX")},
        "classes as released: each submission trains for minutes",
    ),
    "otter": ({"type": Path}, "otter's program, to be compared too"),
    "scale": (MANY, "classes of these sizes"),
    "cluster": ({"type": int}, "submissions on each cluster"),
    "commits": ({"nargs": "+", "metavar": "COMMIT"}, "commits to be graded with in turn"),
    "evening": (MANY, "a class of so many, and how many of them in every other way"),
}
KINDS: dict[str, peers.Kind] = {"right": classes.right, "mix": classes.mixed}
Part = Callable[[Assignment, Sizes], Iterator[tuple[str, Figures]]]


def _peers(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    """Yield what graders cost on notebooks of answers only.

    A large class holds what rounds would even out: once. otter is started for each submission, so
    that a class of any size says the same: the smallest.
    """
    graders = _ours_and("nbgrader, answers only", classes.only_answers)
    otter = {"otter run, answers only": partial(otter_run.grade, otter=sizes.otter or Path())}
    for name, kind in KINDS.items():
        for count in sizes.peers:
            more = otter if sizes.otter and count == min(sizes.peers) else {}
            rounds = 1 if count >= LARGE else sizes.rounds
            for whose, cost in peers.in_turn({**graders, **more}, assignment, kind, count, rounds):
                yield f"{whose}/{name}/{count}", cost


def _released(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    """Yield what we and stock nbgrader cost on whole notebooks; each trains for minutes: once."""
    graders = _ours_and("nbgrader, as released", classes.whole)
    for (name, kind), count in zip(KINDS.items(), sizes.released, strict=True):
        if count:
            for whose, cost in peers.in_turn(graders, assignment, kind, count, 1):
                yield f"{whose}/{name}/{count}", cost


def _ours_and(whose: str, shape: peers.Shape) -> dict[str, peers.Grader]:
    return {page.OURS: peers.ours, whose: partial(peers.nbgrader, shape=shape)}


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


def _changes(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:  # noqa: ARG001 - a Part
    return changes.measure(sizes.commits)


PARTS: dict[str, Part] = {
    "peers": _peers,
    "released": _released,
    "overhead": _overhead,
    "scale": _scale,
    "cluster": _cluster,
    "students": _students,
    "evening": _evening,
    "changes": _changes,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for, write it down as it comes, and write the page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.__main__", description=__doc__
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--small", action="store_true", help="few of everything, to try it out")
    for name, (more, what) in ASKED.items():
        parser.add_argument(f"--{name}", help=what, **more)
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    sizes = SMALL if given.small else WHOLE
    asked = {name: value for name in ASKED if (value := getattr(given, name)) is not None}
    sizes = replace(sizes, **asked)
    assignment, kept = load(), given.docs / "speed.json"
    told: Figures = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for name in given.parts or PARTS:
        if name == "changes" and not sizes.commits:
            continue  # what it said stands: which commits were of interest, nobody knows here
        told[name] = {"machine": _machine()}
        for what, figures in PARTS[name](assignment, sizes):
            told[name][what] = figures
            print(name, what, json.dumps(figures), flush=True)
            kept.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    page.write(told, given.docs)
    return 0


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, torch {versions()['torch']}"


if __name__ == "__main__":
    sys.exit(main())
