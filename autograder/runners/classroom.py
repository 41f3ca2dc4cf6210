"""Grade a class: find the submissions, skip those already graded, and write every result."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignment.model import Assignment
from autograder.notebooks.reader import Unreadable
from autograder.notebooks.submitted_file import sha256_of
from autograder.reports.feedback import log_of
from autograder.reports.regrade_log import RegradeLog
from autograder.results import files as results_files
from autograder.results import reuse
from autograder.results.model import QuestionResult, Result
from autograder.results.scoring import uniform_result
from autograder.runners.class_table import ClassSummary, counted, print_class
from autograder.runners.layouts import Submission
from autograder.runners.submissions import GradingTask, collect, read_submitted
from autograder.support.errors import OK, WRONG, CannotRunError, UsageError
from autograder.support.files import file_name, remove_unfinished, write_atomically
from autograder.support.terminal import progress_bar

if TYPE_CHECKING:
    from autograder.sandbox import Sandbox


@dataclass(frozen=True)
class GradingOptions:
    """How to grade a class.

    Attributes:
        workers: The number of submissions to grade in parallel.
        force: Whether to grade again what already has a result.
        retry_errors: Whether to grade again where the grader itself failed.
        only: The questions to grade again; results of the others are kept.
        confine: Whether to refuse to run student code that cannot be confined.
        dask: The address of a Dask scheduler to grade on its cluster; empty for this machine.
        forbidden: What submissions must not be able to open, besides what is the course's.
    """

    workers: int = 1
    force: bool = False
    retry_errors: bool = False
    only: Collection[str] = ()
    confine: bool = True
    dask: str = ""
    forbidden: tuple[Path, ...] = ()


# Grades tasks; yields None while no new result is there.
Grade = Callable[[Iterator[GradingTask], Assignment, GradingOptions], Iterator[Result | None]]


@dataclass(frozen=True)
class _Task:
    """A submission to grade, and the questions that an earlier result of its bytes covers."""

    submission: Submission
    sha256: str
    kept: Mapping[str, QuestionResult]


@dataclass
class ClassState:
    """The state of one run.

    Attributes:
        folder: The folder of the results.
        log: The changes from earlier results.
        done: Finished results, by student.
        reused: How many of them are from an earlier run.
        kept_errors: How many of those are errors of the grader.
        tasks: What remains to be graded, by student.
        earlier: The result of an earlier run, by student.
    """

    folder: Path
    log: RegradeLog
    done: dict[str, Result] = field(default_factory=dict)
    reused: int = 0
    kept_errors: int = 0
    tasks: dict[str, _Task] = field(default_factory=dict)
    earlier: dict[str, Result | None] = field(default_factory=dict)

    def summary(self) -> ClassSummary:
        """Return what is printed of the class."""
        found = [self.done[student] for student in sorted(self.done)]
        return ClassSummary(self.folder, found, self.reused, self.kept_errors, self.log.table())

    def changed(self) -> list[Result]:
        """Return the results that differ from earlier ones, sorted by student."""
        found = [self.done[student] for student in sorted(self.done)]
        return [one for one in found if one != self.earlier[one.student]]

    def save(self, result: Result) -> None:
        """Record a result; write it and its log if it differs from the earlier one."""
        earlier = self.earlier[result.student]
        self.done[result.student] = result
        if result != earlier:
            self.log.note(earlier, result)
            results_files.write(result, self.folder)
            log = self.folder / "logs" / f"{file_name(result.student)}.log"
            write_atomically(log, log_of(result))


def grade_class(
    paths: Sequence[Path], folder: Path, assignment: Assignment, options: GradingOptions
) -> int:
    """Grade the submissions at `paths`; write one result per student to `folder`.

    Returns:
        The exit status: 0 if every submission has a verdict, 1 if the grader itself failed on one.
    """
    require_known_questions(options.only, assignment)
    submissions = collect(paths, assignment, ignore=[folder])
    options = replace(options, forbidden=(*paths, folder))
    state = grade_once(
        submissions, folder, assignment, options, _on_cluster if options.dask else _here
    )
    print_class(state.summary(), assignment)
    return WRONG if any(one.status == "grader_error" for one in state.done.values()) else OK


def grade_once(
    submissions: Sequence[Submission],
    folder: Path,
    assignment: Assignment,
    options: GradingOptions,
    grade: Grade,
) -> ClassState:
    """Grade the submissions that have no valid result yet, and write every result.

    Raises:
        UsageError: If results cannot be written to the folder.
        CannotRunError: If they cannot any more.
    """
    _require_writable(folder)
    remove_unfinished(folder)
    state = ClassState(folder, RegradeLog(folder, assignment))
    _reuse_results(state, submissions, assignment, options)
    try:
        for result in _grade(state, submissions, assignment, options, grade):
            state.save(result)
    except OSError as error:
        left = len(submissions) - len(state.done)
        raise CannotRunError(
            f"cannot write results to {folder}: {error.strerror}. {left} submissions are left; "
            "free some space and run the same command again to go on."
        ) from None
    except KeyboardInterrupt:
        left = len(submissions) - len(state.done)
        message = f"Interrupted; {left} not graded yet. Run the same command again to go on."
        print(message, file=sys.stderr)
        raise
    state.log.close()
    return state


def require_known_questions(only: Collection[str], assignment: Assignment) -> None:
    """Raise UsageError for the name of a question that the assignment does not have."""
    known = [question.id for question in assignment.questions]
    for name in only:
        if name not in known:
            raise UsageError(f"--only {name}: no such question; there are {', '.join(known)}")


def _require_writable(folder: Path) -> None:
    """Write a test file: a read-only or full disk should be noticed before the work is done."""
    try:
        write_atomically(folder / ".probe", " " * 100_000)  # a result has some 40 kB
        (folder / ".probe").unlink(missing_ok=True)  # a second grader may have removed it
    except OSError as error:
        raise UsageError(f"cannot write results to {folder}: {error.strerror}") from None


def _reuse_results(
    state: ClassState,
    submissions: Sequence[Submission],
    assignment: Assignment,
    options: GradingOptions,
) -> None:
    """Save what needs no grading, and make a task of everything else."""
    for submission in submissions:
        student = submission.student
        state.earlier[student] = earlier = results_files.read_earlier(state.folder, student)
        notebook = read_submitted(submission)
        if isinstance(notebook, Unreadable):
            state.save(_unreadable(submission, notebook, assignment))
            continue
        kept: Mapping[str, QuestionResult] = {}
        if options.only or not options.force:
            kept = reuse.reusable_questions(
                earlier, notebook, assignment, confine=options.confine, only=options.only
            )
            whole = reuse.reuse_result(
                earlier,
                kept,
                notebook,
                assignment,
                retry_errors=options.retry_errors or bool(options.only),
            )
            if whole:
                state.reused += 1
                state.kept_errors += whole.status == "grader_error"
                state.save(whole)
                continue
        state.tasks[student] = _Task(submission, sha256_of(notebook), kept)


def _unreadable(submission: Submission, found: Unreadable, assignment: Assignment) -> Result:
    return uniform_result(b"", submission.student, assignment, "unreadable", found.reason)


def _grade(
    state: ClassState,
    submissions: Sequence[Submission],
    assignment: Assignment,
    options: GradingOptions,
    grade: Grade,
) -> Iterator[Result]:
    """Grade the tasks, show the progress, and yield the results as they come."""
    if not state.tasks:
        return
    repairs = {submission.student: submission.repair for submission in submissions}
    counts: Counter[str] = Counter()
    gone: list[Result] = []
    with progress_bar(len(state.tasks)) as advance:
        for result in grade(_released(state.tasks, assignment, gone), assignment, options):
            if result:
                yield result.with_repair(repairs[result.student])
                counts[result.status] += 1
            advance(int(result is not None), counted(counts))
    yield from gone


def _released(
    tasks: dict[str, _Task], assignment: Assignment, gone: list[Result]
) -> Iterator[GradingTask]:
    """Yield the tasks and read each notebook only now: those of a large class are gigabytes.

    A file that cannot be read any more gets a result in `gone`.
    """
    for student in list(tasks):
        task = tasks.pop(student)
        notebook = read_submitted(task.submission)
        if isinstance(notebook, Unreadable):
            gone.append(_unreadable(task.submission, notebook, assignment))
            continue
        unchanged = sha256_of(notebook) == task.sha256
        yield GradingTask(student, notebook, kept=task.kept if unchanged else {})


def _here(
    tasks: Iterator[GradingTask], assignment: Assignment, options: GradingOptions
) -> Iterator[Result | None]:
    """Grade on this machine; yield None while no new result is there."""
    # The import takes seconds, so it waits until there is work to do.
    from autograder.runners.sandbox_startup import open_sandbox

    with open_sandbox(assignment, confine=options.confine, forbidden=options.forbidden) as sandbox:
        yield from grade_in(sandbox, tasks, assignment, options)


def grade_in(
    sandbox: Sandbox,
    tasks: Iterator[GradingTask],
    assignment: Assignment,
    options: GradingOptions,
) -> Iterator[Result | None]:
    """Grade in an open sandbox; yield None while no new result is there."""
    from autograder.runners.question_parallel import run  # torch; the sandbox starts without it

    for step in run(tasks, assignment, sandbox, options.workers):
        yield step[1] if step else None


def _on_cluster(
    tasks: Iterator[GradingTask], assignment: Assignment, options: GradingOptions
) -> Iterator[Result | None]:
    """Grade on a cluster; yield None while no new result is there."""
    from autograder.runners.dask_cluster import run_on

    yield from run_on(options.dask, tasks, assignment, confine=options.confine)
