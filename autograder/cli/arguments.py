"""The command line of `autograder`: its commands, their options and help texts."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder import __version__
from autograder.cli import commands
from autograder.cli.export_arguments import Commands, add_export, add_results

EPILOG = "Run it inside a course, or name the course with --rubric."


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; each command's function is its default for `run`."""
    whole = argparse.ArgumentParser(
        prog="autograder",
        description="Grade notebooks of a PyTorch assignment without trusting them.",
        epilog=EPILOG,
    )
    whole.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    names = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    course = argparse.ArgumentParser(add_help=False)
    course.add_argument(
        "--rubric",
        type=Path,
        metavar="PATH",
        help="the course's rubric file (default: the one in or above the working folder)",
    )
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument(
        "--jobs",
        type=_positive,
        metavar="N",
        help="number of notebooks to grade in parallel (default: one per CPU core)",
    )
    running.add_argument(
        "--unconfined",
        action="store_true",
        help="run students' code even if this machine cannot confine it",
    )
    _add_new(names)
    _add_release(names, course)
    _add_validate(names, course, running)
    _add_grade(names, course, running)
    _add_report(names, course)
    add_export(names, course)
    doctor = names.add_parser(
        "doctor",
        parents=[course],
        help="check whether this machine can grade",
        description="Check this machine's Python, packages, data files and sandbox.",
    )
    doctor.add_argument(
        "--attack",
        action="store_true",
        help="instead, try harmless attacks, confined as submissions are (about a minute)",
    )
    doctor.add_argument(
        "--unconfined",
        action="store_true",
        help="with --attack: try them without confinement, to see them succeed",
    )
    doctor.set_defaults(run=commands.doctor)
    return whole


def _add_new(names: Commands[argparse.ArgumentParser]) -> None:
    command = names.add_parser(
        "new",
        help="write a small, complete course to start from",
        description="Write a course with one question, its checks, its right answers and its known "
        "mistakes.",
    )
    command.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="a folder that does not exist; its name becomes the name of the assignment",
    )
    command.set_defaults(run=commands.new)


def _add_release(names: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser) -> None:
    command = names.add_parser(
        "release",
        parents=[course],
        help="build release/ from source/ with nbgrader",
        description="Build the folder that students get, and search it for leaked answers.",
    )
    command.add_argument(
        "--check",
        action="store_true",
        help="change nothing; exit with 1 if the release is out of date or leaks an answer",
    )
    command.set_defaults(run=commands.release)


def _add_validate(
    names: Commands[argparse.ArgumentParser],
    course: argparse.ArgumentParser,
    running: argparse.ArgumentParser,
) -> None:
    command = names.add_parser(
        "validate",
        parents=[course, running],
        help="test the checks against the answer bank",
        description="Prove that correct answers earn full marks, that the stubs earn nothing, and "
        "that every known mistake is caught.",
    )
    command.add_argument(
        "--only",
        nargs="+",
        metavar="NAME",
        help="grade only these answers of the bank (file names without .py)",
    )
    command.add_argument(
        "--matrix", type=Path, metavar="FILE", help="write the kill matrix to FILE as JSON"
    )
    command.add_argument(
        "--names",
        action="store_true",
        help="save how each mistake fails, so that grading can name it in feedback",
    )
    command.add_argument(
        "--thorough",
        action="store_true",
        help="grade every answer at every question, not only at its own (six times as long)",
    )
    command.set_defaults(run=commands.validate)


def _add_grade(
    names: Commands[argparse.ArgumentParser],
    course: argparse.ArgumentParser,
    running: argparse.ArgumentParser,
) -> None:
    command = names.add_parser(
        "grade",
        parents=[course, running],
        help="grade notebooks or a submitted/ tree",
        description="Grade notebooks. Submissions that already have a valid result are skipped.",
    )
    command.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a notebook, or a folder of submissions"
    )
    command.add_argument(
        "--results",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for the results, one <student>.json per student",
    )
    command.add_argument(
        "--force", action="store_true", help="grade again what already has a result"
    )
    command.add_argument(
        "--retry-errors",
        action="store_true",
        help="grade again where the grader itself failed in an earlier run",
    )
    command.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="QUESTION",
        help="grade this question again and keep the results of the others; may be repeated",
    )
    command.add_argument(
        "--dask",
        default="",
        metavar="ADDRESS",
        help="grade on the Dask cluster whose scheduler has this address",
    )
    command.add_argument(
        "--watch",
        action="store_true",
        help="then grade what comes or changes, and keep the report up to date, until Ctrl-C",
    )
    command.set_defaults(run=commands.grade)


def _add_report(names: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser) -> None:
    command = names.add_parser(
        "report",
        parents=[course],
        help="write the class report and the feedback pages",
        description="Write the class report and one feedback page per student.",
    )
    add_results(command)
    command.add_argument(
        "--submitted",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="the graded submissions; also report answers that are nearly identical",
    )
    command.add_argument(
        "--pseudonyms",
        action="store_true",
        help="write them without students' names, into the folder pseudonyms of the results",
    )
    command.set_defaults(run=commands.report)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
