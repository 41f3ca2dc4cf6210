"""Measure how fast grading is, and write docs/speed.md.

    python -m benchmarks.speed [peers released overhead scale ...] [--small]

Each part alternates between the things that it compares, in one run on one machine: ratios are
comparable between machines, seconds are not. Measurements are kept in docs/speed.json; parts that
are not requested keep their earlier ones. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.support.versions import versions
from benchmarks import DOCS
from benchmarks.speed import (
    changes,
    classes,
    cluster,
    graders,
    one_class,
    otter,
    overhead,
    page,
    scale,
    students,
)

LARGE_CLASS = 40  # submissions
Figures = dict[str, Any]


@dataclass(frozen=True)
class Sizes:
    """How much each part measures."""

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
# The sizes that are also options.
MANY: Figures = {"type": int, "nargs": "+", "metavar": "N"}
OPTIONS: dict[str, tuple[Figures, str]] = {
    "peers": (MANY, "sizes of the classes"),
    "rounds": ({"type": int}, "rounds of the small classes, and of the overhead"),
    "released": (
        {"type": int, "nargs": 2, "metavar": ("RIGHT", "MIX")},
        "sizes of the classes as released; each submission trains for minutes",
    ),
    "otter": ({"type": Path}, "otter-grader's program, to compare it too"),
    "scale": (MANY, "sizes of the classes"),
    "cluster": ({"type": int}, "number of submissions on each cluster"),
    "commits": ({"nargs": "+", "metavar": "COMMIT"}, "commits to compare"),
    "evening": (MANY, "size of the class, and how many of it to grade in the other ways"),
}
KINDS: dict[str, graders.Kind] = {"right": classes.right, "mix": classes.mixed}
Part = Callable[[Assignment, Sizes], Iterator[tuple[str, Figures]]]


def _peers(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    """Yield the cost of each grader on notebooks of answers only.

    A large class averages as much as rounds would, so it is graded once. otter starts a new process
    for each submission, so it grades only the smallest class.
    """
    compared = _ours_and("nbgrader, answers only", classes.only_answers)
    otter_too = {"otter run, answers only": partial(otter.grade, program=sizes.otter or Path())}
    for name, kind in KINDS.items():
        for count in sizes.peers:
            more = otter_too if sizes.otter and count == min(sizes.peers) else {}
            rounds = 1 if count >= LARGE_CLASS else sizes.rounds
            for whose, cost in graders.in_turn(
                {**compared, **more}, assignment, kind, count, rounds
            ):
                yield f"{whose}/{name}/{count}", cost


def _released(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    """Yield the cost of ours and of stock nbgrader on whole notebooks, which train for minutes."""
    compared = _ours_and("nbgrader, as released", classes.whole)
    for (name, kind), count in zip(KINDS.items(), sizes.released, strict=True):
        if count:
            for whose, cost in graders.in_turn(compared, assignment, kind, count, 1):
                yield f"{whose}/{name}/{count}", cost


def _ours_and(whose: str, shape: graders.Shape) -> dict[str, graders.Grader]:
    return {page.OURS: graders.ours, whose: partial(graders.nbgrader, shape=shape)}


def _overhead(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    yield "reference", overhead.measure(assignment, sizes.rounds)


def _scale(_: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    return scale.measure(sizes.scale)


def _cluster(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    return cluster.measure(assignment, sizes.workers, sizes.cluster)


def _students(assignment: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    yield "seconds", students.measure(assignment, notebooks=sizes.notebooks)


def _evening(_: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
    return one_class.measure(*sizes.evening)


def _changes(_: Assignment, sizes: Sizes) -> Iterator[tuple[str, Figures]]:
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
    """Measure the requested parts, save each measurement, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)"
    )
    parser.add_argument("--small", action="store_true", help="measure little, to try it out")
    for name, (more, what) in OPTIONS.items():
        parser.add_argument(f"--{name}", help=what, **more)
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder to write to")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    sizes = SMALL if given.small else WHOLE
    given_sizes = {name: value for name in OPTIONS if (value := getattr(given, name)) is not None}
    sizes = replace(sizes, **given_sizes)
    assignment, kept = load().main, given.docs / "speed.json"
    saved: Figures = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for name in given.parts or PARTS:
        if name == "changes" and not sizes.commits:
            continue  # keep the earlier measurement: there is no default choice of commits
        saved[name] = {"machine": _machine()}
        for what, figures in PARTS[name](assignment, sizes):
            saved[name][what] = figures
            print(name, what, json.dumps(figures), flush=True)
            kept.write_text(json.dumps(saved, indent=1) + "\n", encoding="utf-8")
    page.write(saved, given.docs)
    return 0


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, torch {versions()['torch']}"
