"""Grade a class: find the submissions, skip what is done, show progress, keep every result."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder import results
from autograder.collect import Submission, collect
from autograder.exits import OK, WRONG, CannotRunError, UsageError
from autograder.scoring import no_grade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from autograder.assignment import Assignment
    from autograder.results import Result


def grade_class(
    paths: Sequence[Path],
    folder: Path,
    assignment: Assignment,
    workers: int,
    *,
    force: bool,
    confine: bool,
) -> int:
    """Grade the submissions at `paths`; write one result a student to `folder`.

    Returns:
        The exit status: 0 when every submission has a verdict, 1 where the grader itself failed.
    """
    submissions = collect(paths, assignment)
    _must_be_writable(folder)
    done: dict[str, Result] = {}
    notebooks: dict[str, bytes] = {}
    for submission in submissions:
        if submission.problem:
            verdict = no_grade(
                b"", submission.student, assignment, "unreadable", submission.problem
            )
            done[submission.student] = verdict
            results.write(verdict, folder)
            continue
        notebook = submission.path.read_bytes()
        kept = None if force else _kept(submission.student, notebook, folder, assignment)
        if kept:
            done[submission.student] = kept
        else:
            notebooks[submission.student] = notebook
    reused = sum(
        submission.student in done and not submission.problem for submission in submissions
    )
    try:
        for result in _graded(notebooks, submissions, assignment, workers, confine):
            results.write(result, folder)
            done[result.student] = result
    except OSError as error:
        left = len(submissions) - len(done)
        raise CannotRunError(
            f"cannot write results to {folder}: {error.strerror}. {left} submissions are left; "
            "make room and run the same command again to go on."
        ) from None
    except KeyboardInterrupt:
        left = len(submissions) - len(done)
        message = f"Interrupted; {left} not graded yet. Run the same command again to go on."
        print(message, file=sys.stderr)  # noqa: T201
        raise
    _show([done[student] for student in sorted(done)], assignment, folder, reused)
    return WRONG if any(result.status == "grader_error" for result in done.values()) else OK


def _must_be_writable(folder: Path) -> None:
    """Find out before the work is done, not after; a result has some 40 kB."""
    try:
        results.write_atomically(folder / ".probe", " " * 100_000)
        (folder / ".probe").unlink()
    except OSError as error:
        raise UsageError(f"cannot write results to {folder}: {error.strerror}") from None


def _kept(student: str, notebook: bytes, folder: Path, assignment: Assignment) -> Result | None:
    """Return the result of an earlier run, if it is of the same bytes and the same checks."""
    try:
        kept = results.read(results.path_of(folder, student))
    except results.SchemaError:
        return None
    same = (
        kept.student == student
        and kept.sha256 == hashlib.sha256(notebook).hexdigest()
        and kept.checks_sha256 == assignment.digest
    )
    return kept if same and kept.status != "grader_error" else None


def _graded(
    notebooks: dict[str, bytes],
    submissions: Sequence[Submission],
    assignment: Assignment,
    workers: int,
    confine: bool,  # noqa: FBT001 - private, called once
) -> Iterator[Result]:
    """Grade notebooks, show how far it is, and yield the results as they come."""
    if not notebooks:
        return
    from autograder.batch import Job, open_room, run  # seconds of imports, if there is work

    jobs = [Job(student, notebook) for student, notebook in notebooks.items()]
    repairs = {submission.student: submission.repair for submission in submissions}
    with (
        open_room(assignment, confine=confine) as room,
        progress_bar(len(jobs)) as advance,
    ):
        for step in run(jobs, assignment, room, workers):
            if step:
                job, result = step
                extra = repairs[job.student]
                yield replace(result, repairs=(extra, *result.repairs)) if extra else result
            advance(int(step is not None))


@contextmanager
def progress_bar(total: int, label: str = "grading") -> Iterator[Callable[[int], None]]:
    """Show a bar with the time left on a terminal, nothing elsewhere.

    It is redrawn by hand: rich's own way is a thread, and beside a thread no process may fork.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, auto_refresh=False, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=total)

        def advance(steps: int) -> None:
            bar.advance(task, steps)
            bar.refresh()

        yield advance


def _show(found: Sequence[Result], assignment: Assignment, folder: Path, reused: int) -> None:
    """Print the table of the class."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("student", overflow="fold")
    for question in assignment.questions:
        table.add_column(question.id, justify="right")
    table.add_column("score", justify="right")
    table.add_column("remark", overflow="fold")
    for result in found:
        scores = [f"{question.score:g}" for question in result.questions]
        remark = result.message or " ".join(result.repairs)
        table.add_row(
            printable(result.student),
            *(Text(score) for score in scores),
            Text(f"{result.score:g}", style="bold"),
            printable(remark, 90),
        )
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    counts = Counter(result.status.replace("_", " ") for result in found)
    told = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
    again = f", {reused} of them kept from an earlier run" if reused else ""
    console.print(Text(f"{len(found)} submissions: {told}{again}. Results in {folder}"))


def printable(text: str, limit: int = 200) -> Text:
    """Return text that a terminal shows and does not obey."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in text)
    return Text(shown if len(shown) <= limit else shown[: limit - 1] + "…")
