"""What changes of this program have gained: commits, graded in turn on the same submissions.

    python -m benchmarks.changes 1f43bf3 HEAD [--rounds 3] [--count 6]

Each commit is checked out apart. With one job a class of one shows what starting costs, and what a
larger class takes longer is the time of the submissions themselves.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.assignment import load
from benchmarks import classes, measured
from benchmarks.peers import ROOT, environment


def measure(commits: Sequence[str], count: int, rounds: int) -> dict[str, dict[str, float]]:
    """Return for each commit the seconds of starting and of each submission, and peak memory."""
    with tempfile.TemporaryDirectory() as name, _checked_out(commits, Path(name)) as roots:
        sizes = (1, count)
        for size in sizes:
            assignment = load(ROOT / "autograder" / "checks" / "rubric.toml")
            classes.write(Path(name) / f"of-{size}", assignment, classes.right(assignment), size)
        seen: dict[str, list[tuple[float, ...]]] = {commit: [] for commit in commits}
        for _ in range(rounds):
            for commit, root in roots.items():
                costs = [_graded(root, Path(name) / f"of-{size}") for size in sizes]
                each = (costs[1].wall - costs[0].wall) / (count - 1)
                seen[commit].append((costs[0].wall - each, each, costs[1].peak))
    told = {}
    for commit, rows in seen.items():
        start, each, peak = (statistics.median(column) for column in zip(*rows, strict=True))
        told[commit] = {"start": round(start, 2), "each": round(each, 2), "peak": round(peak)}
    return told


@contextmanager
def _checked_out(commits: Sequence[str], folder: Path) -> Iterator[dict[str, Path]]:
    git = ["git", "-C", str(ROOT), "worktree"]
    roots = {commit: folder / f"at-{commit}" for commit in commits}
    try:
        for commit, root in roots.items():
            command = [*git, "add", "--quiet", "--detach", str(root), commit]
            subprocess.run(command, check=True)  # noqa: S603 - git, on commits of this repository
        yield roots
    finally:
        for root in roots.values():
            subprocess.run([*git, "remove", "--force", str(root)], check=False)  # noqa: S603 - likewise


def _graded(root: Path, submitted: Path) -> measured.Cost:
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-m", "autograder", "grade", str(submitted), "--jobs", "1"]
        command += ["--results", "results", "--rubric", str(root / "autograder/checks/rubric.toml")]
        cost = measured.run(command, Path(name), environment(root))
        if cost.status != 0:
            raise RuntimeError((Path(name) / "said.txt").read_text()[-2000:])
        return cost


def main() -> int:
    """Measure the commits that are asked for, and print what came."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.changes", description=__doc__)
    parser.add_argument("commits", nargs="+", metavar="COMMIT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=6, help="submissions of the larger class")
    given = parser.parse_args()
    print(json.dumps(measure(given.commits, given.count, given.rounds), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
