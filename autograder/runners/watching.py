"""Grade submissions as they arrive: the sandbox stays open, and the folders are polled.

A library that is told of changes by the system has threads, and a process that has threads must not
fork graders; see `process_pool`. Polling also works on network file systems.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from autograder.assignment.model import Assignment
from autograder.reports.feedback import score
from autograder.runners.class_table import print_class
from autograder.runners.classroom import (
    ClassState,
    Grade,
    GradingOptions,
    grade_in,
    grade_once,
    require_known_questions,
)
from autograder.runners.stamps import Stamps, stamps
from autograder.runners.submissions import collect
from autograder.support.errors import OK, CannotRunError, UsageError
from autograder.support.files import printable_name
from autograder.support.terminal import printable

# Seconds between two looks. A file counts as complete when two looks find it the same, so a
# submission waits for half a second to one second.
_POLL = 0.5
_LOOKING_SHARE = 10  # wait this many times as long as a look took: the folder may be on a network
_NEW_COURSE = "the course's files have changed; run the same command again to grade by the new ones"


def watch_class(
    paths: Sequence[Path],
    folder: Path,
    assignment: Assignment,
    options: GradingOptions,
    updated: Callable[[], object],
) -> int:
    """Grade the submissions at `paths`, then what comes or changes, until Ctrl-C.

    Args:
        paths: Folders of submissions, which may be empty at first.
        folder: Where results are written.
        assignment: What is graded. When its files change, watching ends.
        options: How to grade.
        updated: Called after results have changed.

    Returns:
        The exit status 0, after Ctrl-C.

    Raises:
        CannotRunError: If the course's own files change: checks that are in memory would be graded
            by under the name of the new ones.
    """
    from autograder.runners.sandbox_startup import open_sandbox

    require_known_questions(options.only, assignment)
    options = replace(options, forbidden=(*paths, folder))
    opened = open_sandbox(assignment, confine=options.confine, forbidden=options.forbidden)
    with opened as sandbox:
        _say(f"watching {', '.join(map(str, paths))}; Ctrl-C stops")
        try:
            for number, _ in enumerate(_changes(paths, folder, assignment)):
                state = _graded(paths, folder, assignment, options, partial(grade_in, sandbox))
                if state is not None:
                    if number == 0:
                        print_class(state.summary(), assignment)
                    else:
                        _say_what_changed(state)
                    updated()
                # What was graded again on demand is not graded again at every change.
                options = replace(options, force=False, retry_errors=False, only=())
        except KeyboardInterrupt:
            _say("stopped")
    return OK


def _graded(
    paths: Sequence[Path],
    folder: Path,
    assignment: Assignment,
    options: GradingOptions,
    grade: Grade,
) -> ClassState | None:
    """Grade what has no valid result; return None if no result has changed."""
    try:
        submissions = collect(paths, assignment, ignore=[folder], may_be_empty=True)
    except UsageError as error:  # a folder that is being replaced; it will change again
        _say(str(error))
        return None
    if not submissions:
        return None
    state = grade_once(submissions, folder, assignment, options, grade)
    return state if state.changed() else None


def _say_what_changed(state: ClassState) -> None:
    """Print a line for each result that has changed."""
    for result in state.changed():
        remark = result.message or " ".join(result.repairs)
        points = f"{score(result.score)} of {result.max_score:g}"
        _say(f"{printable_name(result.student)}  {points}  {printable_name(remark, 90)}".rstrip())


def _say(text: str) -> None:
    """Print a line with the time of day."""
    Console(width=None if sys.stdout.isatty() else 140).print(
        printable(f"{time.strftime('%H:%M:%S')}  {text}", 1000)
    )


def _changes(paths: Sequence[Path], folder: Path, assignment: Assignment) -> Iterator[None]:
    """Yield at once, and then whenever submissions have changed and change no more.

    Raises:
        CannotRunError: If the course's own files change.
    """
    course, seen = _course(assignment), None
    while True:
        start = time.monotonic()
        found = stamps(paths, [folder])
        if _course(assignment) != course:
            raise CannotRunError(_NEW_COURSE)
        took = time.monotonic() - start
        time.sleep(max(_POLL, _LOOKING_SHARE * took))
        if found != seen and found == stamps(paths, [folder]):
            seen = found
            yield


def _course(assignment: Assignment) -> Stamps:
    """Return the stamps of the files that decide how a submission is graded."""
    folders = [assignment.source, assignment.visible_checks, assignment.staff_checks]
    return stamps([assignment.rubric, *folders])
