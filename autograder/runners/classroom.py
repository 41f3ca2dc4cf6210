"""Grade a class: find the submissions, skip what is done, show progress, keep every result."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.assignment.model import Assignment
from autograder.reports.feedback import log_of
from autograder.reports.regrade_log import Ledger
from autograder.results import model, reuse
from autograder.results.model import QuestionResult, Result
from autograder.results.scoring import no_grade
from autograder.runners.submissions import Submission, collect
from autograder.support.errors import OK, WRONG, CannotRunError, UsageError
from autograder.support.files import file_name, remove_unfinished, write_atomically
from autograder.support.terminal import printable, progress_bar


@dataclass(frozen=True)
class Wanted:
    """How a class is to be graded.

    Attributes:
        workers: How many submissions at once.
        force: Whether to grade again what has a result.
        only: The questions to grade again; their students' other results are kept.
        confine: Whether to insist on walls around students' code.
        dask: The address of a cluster's scheduler, to grade there; empty: on this machine.
    """

    workers: int = 1
    force: bool = False
    only: Collection[str] = ()
    confine: bool = True
    dask: str = ""


@dataclass
class _Todo:
    """What is done already, and what must be run for the rest."""

    done: dict[str, Result] = field(default_factory=dict)
    reused: int = 0
    notebooks: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, dict[str, QuestionResult]] = field(default_factory=dict)
    earlier: dict[str, Result | None] = field(default_factory=dict)


def grade_class(paths: Sequence[Path], folder: Path, assignment: Assignment, wanted: Wanted) -> int:
    """Grade the submissions at `paths`; write one result a student to `folder`.

    Returns:
        The exit status: 0 when every submission has a verdict, 1 where the grader itself failed.
    """
    _must_be_questions(wanted.only, assignment)
    submissions = collect(paths, assignment)
    _must_be_writable(folder)
    remove_unfinished(folder)
    ledger = Ledger(folder, assignment)
    todo = _look_through(submissions, folder, assignment, wanted, ledger)
    try:
        for result in _graded(todo, submissions, assignment, wanted):
            _keep(result, todo, folder, ledger)
    except OSError as error:
        left = len(submissions) - len(todo.done)
        raise CannotRunError(
            f"cannot write results to {folder}: {error.strerror}. {left} submissions are left; "
            "make room and run the same command again to go on."
        ) from None
    except KeyboardInterrupt:
        left = len(submissions) - len(todo.done)
        message = f"Interrupted; {left} not graded yet. Run the same command again to go on."
        print(message, file=sys.stderr)
        raise
    ledger.close()
    _show(todo, assignment, folder, ledger)
    return WRONG if any(one.status == "grader_error" for one in todo.done.values()) else OK


def _must_be_questions(only: Collection[str], assignment: Assignment) -> None:
    known = [question.id for question in assignment.questions]
    for name in only:
        if name not in known:
            raise UsageError(f"--only {name}: no such question; there are {', '.join(known)}")


def _must_be_writable(folder: Path) -> None:
    """Find out before the work is done, not after; a result has some 40 kB."""
    try:
        write_atomically(folder / ".probe", " " * 100_000)
        (folder / ".probe").unlink(missing_ok=True)  # another grader may have removed its own
    except OSError as error:
        raise UsageError(f"cannot write results to {folder}: {error.strerror}") from None


def _look_through(
    submissions: Sequence[Submission],
    folder: Path,
    assignment: Assignment,
    wanted: Wanted,
    ledger: Ledger,
) -> _Todo:
    """Sort the submissions into those that are done and those of which something must be run."""
    todo = _Todo()
    for submission in submissions:
        student = submission.student
        todo.earlier[student] = earlier = model.read_earlier(folder, student)
        if submission.problem:
            verdict = no_grade(b"", student, assignment, "unreadable", submission.problem)
            _keep(verdict, todo, folder, ledger)
            continue
        notebook = submission.path.read_bytes()
        kept: dict[str, QuestionResult] = {}
        if wanted.only or not wanted.force:
            kept = reuse.kept_questions(
                earlier, notebook, assignment, confine=wanted.confine, only=wanted.only
            )
            whole = reuse.still_whole(earlier, kept, notebook, assignment)
            if whole:
                todo.reused += 1
                _keep(whole, todo, folder, ledger)
                continue
        todo.notebooks[student], todo.kept[student] = notebook, kept
    return todo


def _keep(result: Result, todo: _Todo, folder: Path, ledger: Ledger) -> None:
    """Take a result over; what has not changed is not written again."""
    earlier = todo.earlier[result.student]
    todo.done[result.student] = result
    if result != earlier:
        ledger.note(earlier, result)
        model.write(result, folder)
        write_atomically(folder / "logs" / f"{file_name(result.student)}.log", log_of(result))


def _graded(
    todo: _Todo, submissions: Sequence[Submission], assignment: Assignment, wanted: Wanted
) -> Iterator[Result]:
    """Grade notebooks, show how far it is, and yield the results as they come."""
    if not todo.notebooks:
        return
    repairs = {submission.student: submission.repair for submission in submissions}
    steps = _on_cluster if wanted.dask else _here
    counts: Counter[str] = Counter()
    with progress_bar(len(todo.notebooks)) as advance:
        for result in steps(todo, assignment, wanted):
            if result:
                yield result.with_repair(repairs[result.student])
                counts[result.status] += 1
            advance(int(result is not None), _told(counts))


def _told(counts: Counter[str]) -> str:
    """Return "12 graded, 1 unreadable"."""
    named = ((status.replace("_", " "), number) for status, number in sorted(counts.items()))
    return ", ".join(f"{number} {status}" for status, number in named)


def _here(todo: _Todo, assignment: Assignment, wanted: Wanted) -> Iterator[Result | None]:
    """Grade on this machine; yield None now and then while nothing new is there."""
    from autograder.runners.sandbox_startup import (
        open_sandbox,  # seconds of imports, if there is work
    )

    with open_sandbox(assignment, confine=wanted.confine) as sandbox:
        from autograder.runners.process_pool import Job
        from autograder.runners.question_parallel import (
            run,  # torch, which the room had to be started before
        )

        jobs = (Job(name, data, kept=todo.kept[name]) for name, data in _taken(todo.notebooks))
        for step in run(jobs, assignment, sandbox, wanted.workers):
            yield step[1] if step else None


def _on_cluster(todo: _Todo, assignment: Assignment, wanted: Wanted) -> Iterator[Result | None]:
    """Grade on a cluster, by the same function; yield None likewise."""
    from autograder.runners.dask_cluster import Parcel, run_on

    parcels = (Parcel(name, data, todo.kept[name]) for name, data in _taken(todo.notebooks))
    yield from run_on(wanted.dask, parcels, assignment, confine=wanted.confine)


def _taken(notebooks: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the notebooks, and keep none that has been yielded: a large class takes gigabytes."""
    for name in list(notebooks):
        yield name, notebooks.pop(name)


def _show(todo: _Todo, assignment: Assignment, folder: Path, ledger: Ledger) -> None:
    """Print the table of the class, and who has another result than before."""
    found = [todo.done[student] for student in sorted(todo.done)]
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
    if changed := ledger.table():
        console.print(changed)
    told = _told(Counter(result.status for result in found))
    again = f", {todo.reused} of them kept from an earlier run" if todo.reused else ""
    console.print(Text(f"{len(found)} submissions: {told}{again}. Results in {folder}"))
