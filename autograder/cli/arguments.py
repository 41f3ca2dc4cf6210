"""What can be asked of the command `autograder`: its commands, options and their help."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.assignment.rubric_validation import VISIBILITIES

EPILOG = "Run it inside a course, or say which one with --rubric."


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    whole = argparse.ArgumentParser(
        prog="autograder",
        description="Grade notebooks of a PyTorch assignment without trusting them.",
        epilog=EPILOG,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--rubric", type=Path, metavar="PATH", help="the rubric of another course")
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument(
        "--jobs", type=_jobs, metavar="N", help="how many at once (default: cores)"
    )
    running.add_argument(
        "--unconfined",
        action="store_true",
        help="run students' code even where this machine cannot confine it",
    )

    command = commands.add_parser(
        "release", parents=[shared], help="build release/ from source/ through nbgrader"
    )
    command.add_argument(
        "--check", action="store_true", help="change nothing; fail if it is stale or has a leak"
    )

    command = commands.add_parser(
        "validate",
        parents=[shared, running],
        help="prove that right answers earn all, stubs nothing, and each mistake is caught",
    )
    command.add_argument("--only", nargs="+", metavar="NAME", help="only these files of the bank")
    command.add_argument("--matrix", type=Path, metavar="FILE", help="write what caught what, JSON")
    command.add_argument(
        "--names", action="store_true", help="learn from this run what mistakes are named by"
    )
    command.add_argument(
        "--thorough",
        action="store_true",
        help="grade every case at every question (six times as long)",
    )

    command = commands.add_parser(
        "grade", parents=[shared, running], help="grade notebooks or a submitted/ tree"
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="notebook or folder")
    command.add_argument(
        "--results", type=Path, required=True, metavar="DIR", help="where <student>.json are kept"
    )
    command.add_argument("--force", action="store_true", help="grade again what has a result")
    command.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="QUESTION",
        help="grade again this question alone and keep the others' results; may be given again",
    )
    command.add_argument(
        "--dask", default="", metavar="ADDRESS", help="grade on the cluster with this scheduler"
    )

    command = commands.add_parser("report", help="feedback pages and a class report from results")
    command.add_argument("results", type=Path, metavar="DIR", help="the folder with the results")
    command.add_argument(
        "--submitted",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="what was graded, to find answers that are nearly the same",
    )
    command.add_argument("--rubric", type=Path, metavar="PATH", help="the rubric of another course")

    _add_export(commands)

    command = commands.add_parser("doctor", parents=[shared], help="say what this machine can do")
    return whole


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("export", help="for Gradescope, Canvas, Moodle, nbgrader")
    kinds = command.add_subparsers(dest="kind", required=True, metavar="FORMAT")
    kind = kinds.add_parser("gradescope", help="an autograder archive, to be uploaded there")
    kind.add_argument("--rubric", type=Path, metavar="PATH", help="the rubric of another course")
    kind.add_argument("--output", type=Path, metavar="FILE", default=Path("gradescope.zip"))
    kind.add_argument(
        "--staff-checks",
        choices=VISIBILITIES,
        help="when students see the checks that only staff have (default: as the rubric says)",
    )
    kind.add_argument("--unconfined", action="store_true", help="do without walls in the container")
    for name, given, what in (
        ("canvas", "GRADEBOOK", "the gradebook that Canvas exported, to take its students from"),
        ("moodle", "WORKSHEET", "the grading worksheet from Moodle, to be filled in"),
        ("nbgrader", "", ""),
    ):
        kind = kinds.add_parser(name, help=f"grades as a CSV file for {name}")
        kind.add_argument("results", type=Path, metavar="DIR", help="the folder with the results")
        kind.add_argument("--output", type=Path, metavar="FILE", help=f"(default: DIR/{name}.csv)")
        if given:
            kind.add_argument(f"--{given.lower()}", type=Path, metavar="FILE", help=what)
        if name == "moodle":
            kind.add_argument("--rubric", type=Path, metavar="PATH", help="of another course")
        if name == "canvas":
            kind.add_argument("--column", default="", help="what the assignment is called there")


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
