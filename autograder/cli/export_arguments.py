"""The options of `autograder export`."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from autograder.assignment.rubric_validation import VISIBILITIES
from autograder.cli import commands, export_canvas, export_grades

COLUMN_ROLES = ("grade", "maximum", "comments")
Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it


def add_export(names: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser) -> None:
    """Add `autograder export` with its formats."""
    command = names.add_parser(
        "export",
        help="export grades or feedback files, or an autograder for Gradescope",
        description="Export grades for Canvas, Moodle or nbgrader, feedback files for Canvas or "
        "Moodle, or an autograder for Gradescope.",
    )
    formats = command.add_subparsers(dest="format", required=True, metavar="FORMAT")
    _add_gradescope(formats, course)
    _add_grades(formats, course)
    _add_feedback(formats, course)


def _add_gradescope(
    formats: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser
) -> None:
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


def _add_grades(
    formats: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser
) -> None:
    canvas = formats.add_parser(
        "canvas",
        parents=[course],
        help="a CSV file of grades for Canvas, or grades and comments sent there",
    )
    add_results(canvas, "canvas.csv")
    _add_gradebook_db(canvas)
    canvas.add_argument(
        "--gradebook",
        type=Path,
        metavar="FILE",
        help="the gradebook exported from Canvas; its students are matched with the results",
    )
    canvas.add_argument(
        "--column",
        default="",
        metavar="NAME",
        help="the assignment's name in Canvas (default: the rubric's name; without a column of "
        "that name, Canvas creates an assignment)",
    )
    _add_out_of(canvas)
    _add_canvas_api(canvas)
    canvas.set_defaults(run=export_canvas.canvas)

    moodle = formats.add_parser(
        "moodle", parents=[course], help="a CSV file of grades and comments for Moodle"
    )
    add_results(moodle, "moodle.csv")
    _add_gradebook_db(moodle)
    moodle.add_argument(
        "--worksheet",
        type=Path,
        metavar="FILE",
        help="the grading worksheet downloaded from Moodle, to fill in",
    )
    _add_columns(moodle)
    _add_out_of(moodle)
    moodle.set_defaults(run=export_grades.moodle)

    nbgrader = formats.add_parser(
        "nbgrader", parents=[course], help="a CSV file of grades, as nbgrader exports it"
    )
    add_results(nbgrader, "nbgrader.csv")
    _add_gradebook_db(nbgrader)
    nbgrader.set_defaults(run=export_grades.nbgrader)


def _add_canvas_api(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--api",
        default="",
        metavar="URL",
        help="the address of Canvas, as https://canvas.example.edu: send grades and comments "
        "there, with the access token in the environment variable CANVAS_TOKEN",
    )
    for name in ("course", "assignment"):
        command.add_argument(
            f"--{name}",
            type=_number_in_canvas,
            metavar="ID",
            help=f"with --api: the {name}'s number",
        )
    command.add_argument(
        "--send",
        action="store_true",
        help="with --api: send; without it, what would be sent is only printed",
    )


def add_results(command: argparse.ArgumentParser, output: str = "") -> None:
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


def _add_feedback(
    formats: Commands[argparse.ArgumentParser], course: argparse.ArgumentParser
) -> None:
    feedback = formats.add_parser(
        "feedback", parents=[course], help="an archive of feedback files for Moodle or Canvas"
    )
    add_results(feedback, "feedback.zip")
    _add_gradebook_db(feedback)
    given = feedback.add_mutually_exclusive_group(required=True)
    given.add_argument(
        "--worksheet",
        type=Path,
        metavar="FILE",
        help="the grading worksheet downloaded from Moodle: its students get feedback pages",
    )
    given.add_argument(
        "--submissions",
        type=Path,
        metavar="FILE",
        help="the archive of submissions downloaded from Moodle (its students get feedback pages) "
        "or Canvas (its students get notebooks with the feedback)",
    )
    _add_columns(feedback)
    _add_out_of(feedback)
    feedback.set_defaults(run=export_grades.feedback)


def _add_columns(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--columns",
        type=_named_column,
        nargs="+",
        default=[],
        metavar="ROLE=NAME",
        help="the worksheet's columns, if Moodle was used in another language than English, "
        "German, French or Spanish: grade=NAME, maximum=NAME, comments=NAME",
    )


def _add_out_of(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--out-of",
        type=_points,
        metavar="N",
        help="scale all grades, so that the maximum is N points",
    )


def _points(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def _number_in_canvas(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(
            f"{text!r} must be the number in the address, /courses/COURSE/assignments/ASSIGNMENT"
        )
    return int(text)


def _named_column(text: str) -> tuple[str, str]:
    role, _, name = text.partition("=")
    if role not in COLUMN_ROLES or not name:
        roles = ", ".join(COLUMN_ROLES)
        raise argparse.ArgumentTypeError(f"{text!r} must be ROLE=NAME, with a role of {roles}")
    return role, name
