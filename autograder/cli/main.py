"""The command `autograder`: which part does what is asked, and how it ends.

Exit status: 0 all well, 1 something is wrong with what was looked at, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from autograder.cli.arguments import parser
from autograder.support.cpu import processors
from autograder.support.errors import INTERRUPTED, OK, USAGE, WRONG, CannotRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.assignment.model import Assignment
    from autograder.reports.similarity import Pair
    from autograder.results.model import Result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = parser().parse_args(arguments)
    from autograder.support.cpu import use_one_thread

    use_one_thread()
    from autograder.assignment.model import load
    from autograder.assignment.rubric_validation import RubricError
    from autograder.runners.submissions import NothingThereError

    try:
        if options.command == "report":
            return _report(options)
        if options.command == "export" and options.kind != "gradescope":
            return _export_grades(options)
        return _COMMANDS[options.command](load(options.rubric), options)
    except (RubricError, NothingThereError, UsageError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return USAGE
    except CannotRunError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)
        return INTERRUPTED


def entry() -> NoReturn:
    """Run the command that this process was started for, and end it."""
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BrokenPipeError):  # `autograder grade ... | head`
            stream.flush()
    # All that was to be saved is: taking torch down in good order would take half a second more.
    os._exit(status)


def _release(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder.authoring import leaks, release

    folder = assignment.release
    try:
        if options.check:
            with release.built(assignment) as fresh:
                stale = release.differences(fresh, folder)
        else:
            changed, stale = release.build(assignment), []
    except release.ReleaseError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return WRONG
    found = leaks.find(assignment, folder)
    for name in stale:
        print(f"stale: {name} (run `autograder release`)")
    for leak in found:
        print(f"leak: {leak}")
    if stale or found:
        return WRONG
    told = "fresh, no leak" if options.check else f"{len(changed)} files changed, no leak"
    print(f"release/{assignment.name}: {told}")
    return OK


def _validate(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder.assignment.answer_bank import BankError
    from autograder.authoring.validate import validate

    try:
        return validate(
            assignment,
            options.jobs or processors(),
            options.only,
            options.matrix,
            thorough=options.thorough,
            learn=options.names,
            confine=not options.unconfined,
        )
    except BankError as error:
        raise UsageError(str(error)) from None


def _grade(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder.runners.classroom import Wanted, grade_class

    wanted = Wanted(
        workers=options.jobs or processors(),
        force=options.force,
        only=options.only,
        confine=not options.unconfined,
        dask=options.dask,
    )
    return grade_class(options.paths, options.results, assignment, wanted)


def _report(options: argparse.Namespace) -> int:
    from autograder.reports.report import write_report
    from autograder.results.artifacts import of_course

    found = _results_in(options.results)
    alike = _alike(found, options) if options.submitted else None
    course, hints = _course_of(found, options), _hints(found, options)
    shown = of_course(course.solutions) if course else {}
    report = write_report(found, options.results, alike, hints=hints, course=shown)
    print(f"Class report: {report}")
    return OK


def _hints(found: list[Result], options: argparse.Namespace) -> bool:
    """Say whether students see hints."""
    course = _course_of(found, options)
    return course is None or course.hints


def _course_of(found: list[Result], options: argparse.Namespace) -> Assignment | None:
    """Return the assignment that these results are of, if its rubric is here."""
    from autograder.assignment.model import find_rubric, load
    from autograder.assignment.rubric_validation import RubricError

    try:
        rubric = options.rubric or find_rubric()
    except RubricError:  # results alone, far from their course
        return None
    assignment = load(rubric)
    return assignment if assignment.name == found[0].assignment else None


def _alike(found: list[Result], options: argparse.Namespace) -> list[Pair]:
    from autograder.assignment.model import load
    from autograder.reports import similarity
    from autograder.runners.submissions import collect

    assignment = load(options.rubric)
    there = collect(options.submitted, assignment)
    notebooks = {one.student: one.path.read_bytes() for one in there if not one.problem}
    return similarity.find(found, notebooks, assignment)


def _results_in(folder: Path) -> list[Result]:
    from autograder.results.model import SchemaError, read_folder

    try:
        found = read_folder(folder)
    except SchemaError as error:
        raise UsageError(str(error)) from None
    if not found:
        raise UsageError(f"{folder}: no results here; run `autograder grade` first")
    return found


def _export_grades(options: argparse.Namespace) -> int:
    from autograder.integrations.lms import export

    found = _results_in(options.results)
    if options.kind == "canvas":
        made = export.canvas(found, options.gradebook, options.column)
    elif options.kind == "moodle":
        made = export.moodle(found, options.worksheet, hints=_hints(found, options))
    else:
        made = export.nbgrader(found)
    target = options.output or options.results / f"{options.kind}.csv"
    made.write(target)
    print(f"{target}: {made.graded} grades")
    for trouble, names in made.troubles.items():
        print(f"autograder: {trouble}: {', '.join(map(repr, names))}", file=sys.stderr)
    return OK if made.whole else WRONG


def _export_gradescope(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder.integrations.gradescope.archive import write_archive

    names = write_archive(
        assignment,
        options.output,
        staff=options.staff_checks or assignment.staff_checks_shown,
        confine=not options.unconfined,
    )
    print(f"{options.output}: {len(names)} files; it holds the answers, for staff only")
    return OK


def _doctor(assignment: Assignment, _options: argparse.Namespace) -> int:
    from autograder.cli.doctor import examine

    return OK if examine(assignment) else WRONG


_COMMANDS = {
    "release": _release,
    "validate": _validate,
    "grade": _grade,
    "export": _export_gradescope,  # the other exports need results, not an assignment
    "doctor": _doctor,
}
