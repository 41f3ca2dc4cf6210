"""The commands of `autograder`: each takes the parsed options and returns the exit status.

Imports are inside the functions: `autograder --help` must not wait for torch.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from autograder.support.cpu import processors
from autograder.support.errors import OK, WRONG, CannotRunError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from autograder.assignment.model import Assignment
    from autograder.reports.similarity import SimilarPair
    from autograder.results.model import Result


def new(options: argparse.Namespace) -> int:
    """Write a small course, and say what to do next."""
    from autograder.authoring import new_course

    try:
        written = new_course.write(options.folder)
    except new_course.NewCourseError as error:
        raise UsageError(str(error)) from error
    print(f"{options.folder}: a course with one question, {len(written)} files. Next:")
    print(f"  cd {shlex.quote(str(options.folder))}")
    print("  autograder validate    # grade its right answers and its known mistakes")
    print("  autograder release     # build what students get")
    return OK


def release(options: argparse.Namespace) -> int:
    """Build the release, or check it, and search it for leaks."""
    from autograder.assignment.rubric import load
    from autograder.authoring import leaks, release

    assignment = load(options.rubric)
    stale: list[str] = []
    try:
        if options.check:
            with release.built(assignment) as fresh:
                stale = release.differences(fresh, assignment.release)
            state = "up to date"
        else:
            count = len(release.build(assignment))
            state = f"{count} {'file' if count == 1 else 'files'} changed"
    except release.ReleaseError as error:
        raise CannotRunError(str(error)) from error
    found = leaks.find(assignment, assignment.release)
    for name in stale:
        print(f"stale: {name} (run `autograder release`)")
    for leak in found:
        print(f"leak: {leak}")
    if stale or found:
        return WRONG
    print(f"release/{assignment.name}: {state}, no leaks")
    return OK


def validate(options: argparse.Namespace) -> int:
    """Grade the answer bank, and report everything that is not as its entries say."""
    from autograder.assignment.rubric import load
    from autograder.authoring.cases import read_cases

    assignment = load(options.rubric)
    cases = read_cases(assignment, options.only)
    # Imports torch; a wrong name in --only has been refused before.
    from autograder.authoring.validate import ValidationOptions, validate

    wanted = ValidationOptions(
        workers=options.jobs or processors(),
        partial=bool(options.only),
        matrix=options.matrix,
        thorough=options.thorough,
        learn=options.names,
        confine=not options.unconfined,
    )
    return validate(assignment, cases, wanted)


def grade(options: argparse.Namespace) -> int:
    """Grade submissions."""
    from autograder.assignment.rubric import load_to_grade
    from autograder.runners.classroom import GradingOptions, grade_class
    from autograder.runners.watching import watch_class

    wanted = GradingOptions(
        workers=options.jobs or processors(),
        force=options.force,
        retry_errors=options.retry_errors,
        only=options.only,
        confine=not options.unconfined,
        dask=options.dask,
    )
    assignment = load_to_grade(options.paths, options.rubric)
    if not options.watch:
        return grade_class(options.paths, options.results, assignment, wanted)
    if options.dask:
        raise UsageError("--watch grades on this machine: leave out --dask")

    def update() -> None:
        _write_pages(results_in(options.results), options.results, assignment)

    return watch_class(options.paths, options.results, assignment, wanted, update)


def _write_pages(
    found: Sequence[Result],
    folder: Path,
    course: Assignment | None,
    pairs: Sequence[SimilarPair] | None = None,
) -> Path:
    """Write the class report and the feedback pages, and return the report."""
    from autograder.assignment.outline import outline_of
    from autograder.reports.report import write_report
    from autograder.results.artifacts import reference_artifacts

    return write_report(
        found,
        folder,
        pairs,
        hints=course is None or course.hints,
        reference=reference_artifacts(course.solutions) if course else {},
        outline=outline_of(course) if course else None,
    )


def report(options: argparse.Namespace) -> int:
    """Write the class report and the feedback pages."""
    from autograder.assignment.rubric import load_to_grade
    from autograder.reports import pseudonyms
    from autograder.reports.similarity import find_similar
    from autograder.runners.submissions import collect, read_submitted

    found: Sequence[Result] = results_in(options.results)
    course = course_of(found, options.rubric)
    folder = options.results
    pairs: Sequence[SimilarPair] | None = None
    if options.submitted:
        assignment = load_to_grade(options.submitted, options.rubric)
        submissions = collect(options.submitted, assignment, ignore=[options.results])
        notebooks = ((one.student, read_submitted(one)) for one in submissions if not one.problem)
        pairs = find_similar(found, notebooks, assignment)
    if options.pseudonyms:
        nameless = pseudonyms.without_names(found, pairs, folder)
        found, pairs = nameless.results, nameless.pairs
        print(f"{folder / pseudonyms.TABLE} tells who is who: it is for the staff alone")
        folder /= pseudonyms.FOLDER
    page = _write_pages(found, folder, course, pairs)
    print(f"Class report: {page}")
    return OK


def export_gradescope(options: argparse.Namespace) -> int:
    """Write the archive that grades on Gradescope."""
    from autograder.assignment.rubric import load
    from autograder.integrations.gradescope.archive import write_archive

    assignment = load(options.rubric)
    names = write_archive(
        assignment,
        options.output,
        staff=options.staff_checks or assignment.staff_checks_shown,
        confine=not options.unconfined,
    )
    print(f"{options.output}: {len(names)} files. It contains the solutions: keep it private.")
    return OK


def doctor(options: argparse.Namespace) -> int:
    """Check this machine."""
    from autograder.assignment.rubric import load
    from autograder.cli.doctor import attack, examine

    if options.unconfined and not options.attack:
        raise UsageError("--unconfined is for --attack: doctor examines the confinement")
    assignment = load(options.rubric)
    well = (
        attack(assignment, confine=not options.unconfined)
        if options.attack
        else examine(assignment)
    )
    return OK if well else WRONG


def results_in(folder: Path) -> list[Result]:
    """Return the results in a folder, at least one."""
    from autograder.results.files import SchemaError, read_folder

    try:
        found = read_folder(folder)
    except SchemaError as error:
        raise UsageError(str(error)) from None
    if not found:
        raise UsageError(f"{folder}: no results here; run `autograder grade` first")
    return found


def course_of(found: Sequence[Result], rubric: Path | None) -> Assignment | None:
    """Return the assignment that these results belong to, or None if its rubric is not here."""
    from autograder.assignment.model import RubricError
    from autograder.assignment.rubric import find_rubric, load

    try:
        rubric = rubric or find_rubric()
    except RubricError:  # results can be reported far from their course
        return None
    assignment = load(rubric)
    return assignment if assignment.name == found[0].assignment else None
