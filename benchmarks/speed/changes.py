"""Compare commits of this program: each grades the same submissions, in turn.

    python -m benchmarks.speed changes --commits 1f43bf3 HEAD

Each commit is checked out into its own worktree. With one job, a class of one shows the cost of
starting; what a larger class takes beyond that is the time of its submissions.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.assignment.rubric import load
from benchmarks import ROOT
from benchmarks.speed import classes, process_cost
from benchmarks.speed.graders import environment

COUNT, ROUNDS = 4, 2
# Where commits have the rubric: at the root, or, before the packages were split, beside the checks.
RUBRICS = ("rubric.toml", "autograder/checks/rubric.toml")


def measure(
    commits: Sequence[str], count: int = COUNT, rounds: int = ROUNDS
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each commit with its start, seconds per submission, and peak memory."""
    with tempfile.TemporaryDirectory() as name, _checked_out(commits, Path(name)) as roots:
        sizes = (1, count)
        for size in sizes:
            assignment = load(ROOT / "rubric.toml").main
            classes.write(Path(name) / f"of-{size}", assignment, classes.right(assignment), size)
        seen: dict[str, list[tuple[float, ...]]] = {commit: [] for commit in commits}
        for _ in range(rounds):
            for commit, root in roots.items():
                costs = [_graded(root, Path(name) / f"of-{size}") for size in sizes]
                each = (costs[1].wall - costs[0].wall) / (count - 1)
                seen[commit].append((costs[0].wall - each, each, costs[1].peak))
    for commit, rows in seen.items():
        start, each, peak = (statistics.median(column) for column in zip(*rows, strict=True))
        figures = {"start": round(start, 2), "each": round(each, 2), "peak": round(peak)}
        yield (
            f"{_git('rev-parse', '--short', commit)} {_git('log', '-1', '--format=%s', commit)}",
            figures,
        )


def _git(*words: str) -> str:
    command = ["git", "-C", str(ROOT), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - git
    return done.stdout.strip()


@contextmanager
def _checked_out(commits: Sequence[str], folder: Path) -> Iterator[dict[str, Path]]:
    roots = {commit: folder / f"at-{commit}" for commit in commits}
    try:
        for commit, root in roots.items():
            _git("worktree", "add", "--quiet", "--detach", str(root), commit)
        yield roots
    finally:
        for root in roots.values():
            if root.is_dir():
                _git("worktree", "remove", "--force", str(root))


def _graded(root: Path, submitted: Path) -> process_cost.Cost:
    rubric = next(path for name in RUBRICS if (path := root / name).is_file())
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-m", "autograder", "grade", str(submitted), "--jobs", "1"]
        command += ["--results", "results", "--rubric", str(rubric)]
        cost = process_cost.run(command, Path(name), environment(root))
        if cost.status != 0:
            raise RuntimeError((Path(name) / "output.txt").read_text()[-2000:])
        return cost
