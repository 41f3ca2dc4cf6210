"""Grade one class in every way, and compare the results.

The class is a realistic mix from the answer bank. It is graded with two jobs, and again when
nothing is left to do. Some of its submissions are then graded on a Dask cluster of two workers, one
of which is killed halfway; and finally with one job and by `nbgrader autograde` at the same time,
each of which keeps one processor busy. Only their results matter, not their times.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.reports.regrade_log import FILE as REGRADED
from autograder.results import files as results_files
from benchmarks import ROOT
from benchmarks.speed import classes, cluster, process_cost
from benchmarks.speed.graders import environment, ours_on
from benchmarks.speed.scale import copied_course

# A line with the points of a check in the rubric.
POINTS = re.compile(r"^(points = )(\d+(?:\.\d+)?)$")


def measure(count: int, ways: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the cost of each way, and whether its results are those of two jobs.

    Args:
        count: The size of the class.
        ways: How many of its submissions are graded in the other ways.
    """
    with tempfile.TemporaryDirectory() as name:
        assignment = copied_course(Path(name) / "course")
        first, few = Path(name) / "all", Path(name) / "few"
        classes.write(first / "submitted", assignment, classes.mixed(assignment), count)
        for student in sorted((first / "submitted").iterdir())[:ways]:
            shutil.copytree(student, few / "submitted" / student.name)
        yield f"two jobs/{count}", ours_on(assignment, first, count, "--jobs", "2")
        yield f"again/{count}", ours_on(assignment, first, count)
        expected = without_seconds(first / "results")
        shutil.copytree(first, Path(name) / "moved")
        yield f"four points moved/{count}", _moved(Path(name) / "moved", count)
        with cluster.cluster(2) as (pid, address):
            cost = _with_a_kill(assignment, few, ways, pid, address)
        yield f"dask, a worker killed/{ways}", cost | _compared(few, expected)
        with ThreadPoolExecutor(2) as both:
            alone = both.submit(ours_on, assignment, few, ways, "--jobs", "1")
            theirs = both.submit(_by_nbgrader, assignment, few, ways, expected)
            yield f"nbgrader autograde, ours/{ways}", theirs.result()
            yield f"one job/{ways}", alone.result() | _compared(few, expected)


def _moved(folder: Path, count: int) -> dict[str, Any]:
    """Move four points from the criterion with most points to another one, and grade again."""
    course = copied_course(folder / "course")
    lines = course.rubric.read_text().splitlines()
    points = {n: float(m[2]) for n, line in enumerate(lines) if (m := POINTS.match(line))}
    most = max(points, key=lambda n: points[n])
    beside = min(points, key=lambda n: (abs(n - most) or 1e6, n))  # of the same question
    for number, change in ((most, -4.0), (beside, 4.0)):
        lines[number] = POINTS.sub(rf"\g<1>{points[number] + change:g}", lines[number])
    course.rubric.write_text("\n".join(lines) + "\n")
    cost = ours_on(load(course.rubric), folder, count)
    table = folder / "results" / REGRADED  # absent if no score has changed
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines()) if table.is_file() else ()
    return {**cost, "other_scores": len({row["student"] for row in rows})}


def without_seconds(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the results in a folder by student, without times."""
    return {
        path.stem: results_files.without_seconds(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("s*.json"))
    }


def _compared(folder: Path, expected: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return how many results differ from the expected ones, and delete all."""
    found = without_seconds(folder / "results")
    wrong = [name for name, tree in found.items() if tree != expected[name]]
    missing = len(list((folder / "submitted").iterdir())) - len(found)
    shutil.rmtree(folder / "results")
    return {"other_results": len(wrong), "missing": missing}


def _with_a_kill(
    assignment: Assignment, folder: Path, count: int, pid: int, address: str
) -> dict[str, Any]:
    """Grade on a cluster, and kill one of its workers after a third of the results."""
    killer = subprocess.Popen(  # noqa: S603 - this module
        [sys.executable, "-m", "benchmarks.speed.one_class",
         str(folder / "results"), str(count // 3), str(pid)],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    cost = ours_on(assignment, folder, count, "--dask", address)
    said, _ = killer.communicate(timeout=60)  # has ended: all results exist
    return {**cost, "killed": said.strip()}


def _kill_one(folder: Path, after: int, pid: int) -> None:
    """Wait for `after` results, then kill one worker of the cluster in process `pid`."""
    while len(list(folder.glob("s*.json"))) < after:
        time.sleep(0.5)
    below = psutil.Process(pid).children()
    workers = [one for one in below if any("spawn_main" in part for part in one.cmdline())]
    workers[0].kill()
    print(f"one of {len(workers)} after {after} results")


def _by_nbgrader(
    assignment: Assignment, folder: Path, count: int, expected: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Grade with nbgrader and our plugin, in a copy of the course without results."""
    course = folder.parent / "gradebook"
    copied_course(course)
    shutil.copytree(folder / "submitted", course / "submitted")
    tool = [sys.executable, "-m", "nbgrader"]
    more = environment()
    process_cost.run([*tool, "generate_assignment", assignment.name], course, more)
    cost = process_cost.run([*tool, "autograde", assignment.name], course, more)
    process_cost.run([*tool, "export"], course, more)
    with (course / "grades.csv").open(encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["score"] or 0) for row in csv.DictReader(file)}
    # nbgrader exports 0 where there is no score.
    ours = {name: expected[name]["score"] or 0 for name in scores}
    wrong = [name for name, score in scores.items() if abs(score - ours[name]) > 0.005]
    return {
        **cost.rounded(count),
        "other_results": len(wrong),
        "missing": count - len(scores),
    }


if __name__ == "__main__":
    _kill_one(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
