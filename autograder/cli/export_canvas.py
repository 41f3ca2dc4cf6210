"""The command `autograder export canvas`: a file, or with `--api` grades sent to Canvas."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from autograder.cli import export_grades
from autograder.cli.commands import course_of
from autograder.support.errors import OK, WRONG, CannotRunError, UsageError

if TYPE_CHECKING:
    import argparse

    from autograder.integrations.lms.canvas_course import CanvasAssignment
    from autograder.integrations.lms.canvas_plan import Plan

_OF_THE_FILE = ("gradebook", "column", "output")
_OF_THE_API = ("course", "assignment", "send")


def canvas(options: argparse.Namespace) -> int:
    """Write grades for Canvas, or send them there."""
    if not options.api:
        _require_none(options, _OF_THE_API, "needs --api, the address of Canvas")
        return export_grades.canvas(options)
    _require_none(options, _OF_THE_FILE, "is for the file of grades; leave it out with --api")
    if options.course is None or options.assignment is None:
        raise UsageError(
            "--api needs --course and --assignment: the numbers in the address of the assignment, "
            "/courses/COURSE/assignments/ASSIGNMENT"
        )
    return _send(options)


def _require_none(options: argparse.Namespace, names: tuple[str, ...], why: str) -> None:
    for name in names:
        if getattr(options, name):
            raise UsageError(f"--{name} {why}")


def _send(options: argparse.Namespace) -> int:
    from autograder.integrations.lms.canvas_course import read_assignment
    from autograder.integrations.lms.canvas_plan import plan

    grades = export_grades.grades_of(options)
    course = course_of([one.result for one in grades], options.rubric)
    there = read_assignment(options.api, options.course, options.assignment, os.environ)
    made = plan(grades, there, hints=course is None or course.hints)
    _show(made, there)
    _say_who_is_left_out(made)
    if not made.changes:
        print("Nothing to send.")
    elif not options.send:
        print("Nothing was sent. To send this, add --send.")
    elif not _deliver(made):
        return WRONG
    return WRONG if made.unmatched else OK


def _show(made: Plan, there: CanvasAssignment) -> None:
    """Print what is to be sent."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from autograder.integrations.lms.canvas_course import shown
    from autograder.support.terminal import printable

    maximum = "no points possible" if there.maximum is None else f"out of {there.maximum:g}"
    console = Console()
    console.print(printable(f"{there.name}, {maximum}"))
    if made.changes:
        table = Table("student", "now in Canvas", "new grade", "comment")
        for one in made.changes:
            comment = Text("yes" if one.comment else "no")
            table.add_row(printable(one.student), one.before, shown(one.points), comment)
        console.print(table)
    changed = sum(one.new_points for one in made.changes)
    comments = sum(bool(one.comment) for one in made.changes)
    left = sum(map(len, made.left_out.values())) + len(made.unmatched)
    print(
        f"Grades to change: {changed}. Comments to add: {comments}. Students with both already: "
        f"{made.same}. Left out: {left}."
    )


def _say_who_is_left_out(made: Plan) -> None:
    for reason, names in made.left_out.items():
        export_grades.say(f"{reason}, nothing is sent", names)
    if made.unmatched:
        reason = "not in Canvas, or not the only one there of that name, nothing is sent"
        export_grades.say(reason, made.unmatched)
    if made.reduced:
        export_grades.say("Canvas takes its own late penalty off the grade", made.reduced)


def _deliver(made: Plan) -> bool:
    """Send everything; return whether Canvas took it all."""
    from autograder.integrations.lms.canvas_course import send
    from autograder.integrations.lms.canvas_plan import deliver
    from autograder.support.terminal import progress_bar

    sent, refused = 0, dict[str, list[str]]()
    try:
        with progress_bar(len(made.changes), "sending") as advance:
            for change, reason in deliver(made.changes, send):
                if reason:
                    refused.setdefault(reason, []).append(change.student)
                sent += not reason
                advance(1)
    except CannotRunError as error:
        raise CannotRunError(f"{error}\nRun the same command again to go on.") from None
    finally:  # after Ctrl-C, too
        print(f"Sent: {sent} of {len(made.changes)} students.", flush=True)
        for reason, names in refused.items():
            export_grades.say(reason, names)
    return not refused
