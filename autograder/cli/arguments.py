"""The command line of `autograder`: its commands, their options and help texts."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder import __version__
from autograder.assignment.rubric_validation import VISIBILITIES
from autograder.cli import commands, export_grades

EPILOG = "Run it inside a course, or name the course with --rubric."
Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it


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
    _add_export(names, course)
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
        help="write a small course that grades, to start from",
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
    command.set_defaults(run=commands.grade)


def _add_report(names: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser) -> None:
    command = names.add_parser(
        "report",
        parents=[course],
        help="write the class report and the feedback pages",
        description="Write the class report and one feedback page per student.",
    )
    _add_results(command)
    command.add_argument(
        "--submitted",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="the graded submissions; also report answers that are nearly identical",
    )
    command.set_defaults(run=commands.report)


def _add_export(names: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser) -> None:
    command = names.add_parser(
        "export",
        help="export grades, or an autograder for Gradescope",
        description="Export grades for Canvas, Moodle or nbgrader, or an autograder for "
        "Gradescope.",
    )
    formats = command.add_subparsers(dest="format", required=True, metavar="FORMAT")

    gradescope = formats.add_parser(
        "gradescope", parents=[course], help="an autograder archive to upload to Gradescope"
    )
    gradescope.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        default=Path("gradescope.zip"),
        help="the archive to write (default: gradescope.zip)",
    )
    gradescope.add_argument(
        "--staff-checks",
        choices=VISIBILITIES,
        help="when students see the hidden checks (default: as the rubric says)",
    )
    gradescope.add_argument(
        "--unconfined",
        action="store_true",
        help="run students' code even if Gradescope's container cannot confine it",
    )
    gradescope.set_defaults(run=commands.export_gradescope)

    canvas = formats.add_parser("canvas", parents=[course], help="a CSV file of grades for Canvas")
    _add_results(canvas, "canvas.csv")
    _add_gradebook_db(canvas)
    canvas.add_argument(
        "--gradebook",
        type=Path,
        metavar="FILE",
        help="the gradebook exported from Canvas; its students are matched with the results",
    )
    canvas.add_argument(
        "--column", default="", metavar="NAME", help="the assignment's name in Canvas"
    )
    canvas.set_defaults(run=export_grades.canvas)

    moodle = formats.add_parser(
        "moodle", parents=[course], help="a CSV file of grades and comments for Moodle"
    )
    _add_results(moodle, "moodle.csv")
    _add_gradebook_db(moodle)
    moodle.add_argument(
        "--worksheet",
        type=Path,
        metavar="FILE",
        help="the grading worksheet downloaded from Moodle, to fill in",
    )
    moodle.set_defaults(run=export_grades.moodle)

    nbgrader = formats.add_parser(
        "nbgrader", parents=[course], help="a CSV file of grades, as nbgrader exports it"
    )
    _add_results(nbgrader, "nbgrader.csv")
    _add_gradebook_db(nbgrader)
    nbgrader.set_defaults(run=export_grades.nbgrader)


def _add_results(command: argparse.ArgumentParser, output: str = "") -> None:
    """Add the folder of results and, if the command writes a file beside them, its name."""
    command.add_argument("results", type=Path, metavar="DIR", help="the folder with the results")
    if output:
        command.add_argument(
            "--output",
            type=Path,
            metavar="FILE",
            help=f"the file to write (default: DIR/{output})",
        )


def _add_gradebook_db(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--gradebook-db",
        type=Path,
        metavar="FILE",
        help="nbgrader's gradebook (gradebook.db): export all of its points, those of written "
        "answers too, less the late penalty",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
