"""The command `autograder`: what can be asked of it, and nothing of how it is done.

Exit status: 0 all well, 1 something is wrong with what was looked at, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from autograder.exits import INTERRUPTED, OK, USAGE, WRONG, CannotRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.assignment import Assignment
    from autograder.results import Result

EPILOG = "Run it inside a course, or say which one with --rubric."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    from autograder import one_thread  # noqa: F401 - imported for its effect, before torch
    from autograder.assignment import load
    from autograder.collect import NothingThereError
    from autograder.rubric import RubricError

    try:
        if options.command == "report":
            return _report(options)
        if options.command == "export" and options.kind != "gradescope":
            return _export_grades(options)
        return int(options.run(load(options.rubric), options))
    except (RubricError, NothingThereError, UsageError) as error:
        print(f"autograder: {error}", file=sys.stderr)  # noqa: T201
        return USAGE
    except CannotRunError as error:
        print(f"autograder: {error}", file=sys.stderr)  # noqa: T201
        return WRONG
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)  # noqa: T201
        return INTERRUPTED


def entry() -> NoReturn:
    """Run the command that this process was started for, and end it."""
    status = main()
    if status == INTERRUPTED:
        # All that was to be saved is: taking torch down in good order would take a second more.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder",
        description="Grade notebooks of a PyTorch assignment without trusting them.",
        epilog=EPILOG,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
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
    command.set_defaults(run=_release)

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
    command.set_defaults(run=_validate)

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
    command.set_defaults(run=_grade)

    command = commands.add_parser("report", help="feedback pages and a class report from results")
    command.add_argument("results", type=Path, metavar="DIR", help="the folder with the results")

    _add_export(commands)

    command = commands.add_parser("doctor", parents=[shared], help="say what this machine can do")
    command.set_defaults(run=_doctor)
    return parser


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("export", help="for Gradescope, Canvas, Moodle, nbgrader")
    kinds = command.add_subparsers(dest="kind", required=True, metavar="FORMAT")
    kind = kinds.add_parser("gradescope", help="an autograder archive, to be uploaded there")
    kind.add_argument("--rubric", type=Path, metavar="PATH", help="the rubric of another course")
    kind.add_argument("--output", type=Path, metavar="FILE", default=Path("gradescope.zip"))
    kind.add_argument(
        "--staff-checks",
        choices=("visible", "after_due_date", "after_published", "hidden"),
        default="visible",
        help="when students see the checks that only staff have (default: visible)",
    )
    kind.add_argument("--unconfined", action="store_true", help="do without walls in the container")
    kind.set_defaults(run=_export_gradescope)
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
        if name == "canvas":
            kind.add_argument("--column", default="", help="what the assignment is called there")


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _release(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder import leaks, release

    folder = assignment.release
    try:
        if options.check:
            with release.built(assignment) as fresh:
                stale = release.differences(fresh, folder)
        else:
            changed, stale = release.build(assignment), []
    except release.ReleaseError as error:
        print(f"autograder: {error}", file=sys.stderr)  # noqa: T201
        return WRONG
    found = leaks.find(assignment, folder)
    for name in stale:
        print(f"stale: {name} (run `autograder release`)")  # noqa: T201
    for leak in found:
        print(f"leak: {leak}")  # noqa: T201
    if stale or found:
        return WRONG
    told = "fresh, no leak" if options.check else f"{len(changed)} files changed, no leak"
    print(f"release/{assignment.name}: {told}")  # noqa: T201
    return OK


def _validate(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder.assemble import BankError
    from autograder.validate import validate

    try:
        return validate(
            assignment,
            options.jobs or _cores(),
            options.only,
            options.matrix,
            thorough=options.thorough,
            learn=options.names,
            confine=not options.unconfined,
        )
    except BankError as error:
        raise UsageError(str(error)) from None


def _grade(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder.grade_class import Wanted, grade_class

    wanted = Wanted(
        workers=options.jobs or _cores(),
        force=options.force,
        only=options.only,
        confine=not options.unconfined,
        dask=options.dask,
    )
    return grade_class(options.paths, options.results, assignment, wanted)


def _report(options: argparse.Namespace) -> int:
    from autograder.report import write_report

    found = _results_in(options.results)
    print(f"Class report: {write_report(found, options.results)}")  # noqa: T201
    return OK


def _results_in(folder: Path) -> list[Result]:
    from autograder.results import SchemaError, read_folder

    try:
        found = read_folder(folder)
    except SchemaError as error:
        raise UsageError(str(error)) from None
    if not found:
        raise UsageError(f"{folder}: no results here; run `autograder grade` first")
    return found


def _export_grades(options: argparse.Namespace) -> int:
    from autograder import export

    found = _results_in(options.results)
    if options.kind == "canvas":
        made = export.canvas(found, options.gradebook, options.column)
    elif options.kind == "moodle":
        made = export.moodle(found, options.worksheet)
    else:
        made = export.nbgrader(found)
    target = options.output or options.results / f"{options.kind}.csv"
    made.write(target)
    print(f"{target}: {made.graded} grades")  # noqa: T201
    for trouble, names in made.troubles.items():
        print(f"autograder: {trouble}: {', '.join(map(repr, names))}", file=sys.stderr)  # noqa: T201
    return OK if made.whole else WRONG


def _export_gradescope(assignment: Assignment, options: argparse.Namespace) -> int:
    from autograder.archive import write_archive

    names = write_archive(
        assignment, options.output, staff=options.staff_checks, confine=not options.unconfined
    )
    print(f"{options.output}: {len(names)} files; it holds the answers, for staff only")  # noqa: T201
    return OK


def _doctor(assignment: Assignment, _options: argparse.Namespace) -> int:
    from autograder.doctor import examine

    return OK if examine(assignment) else WRONG
